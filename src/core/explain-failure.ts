import type { Words } from './explanation.ts'

/** Begun and failed, or refused because somebody else is at work (exit 1). */
export const failureWords: Words<
  'locked' | 'command-failed' | 'step-failed' | 'no-answer' | 'changed-underneath' | 'interrupted' | 'unexpected'
> = {
  locked: ({ host, holder, operation, since }) => ({
    title: `Another operation holds the lock on ${host}`,
    cause: `${holder} runs ${operation} since ${since}`,
    evidence: [],
    hint: 'wait until it has finished and try again; a lock never outlives its holder',
    exitCode: 1,
  }),
  'command-failed': ({ host, command, code, output }) => ({
    title: `A command failed on ${host}`,
    cause: `${command} ${code === null ? 'was ended by a signal' : `ended with exit status ${code}`}`,
    evidence: [output],
    hint: `run it by hand on ${host} to see more; papergen doctor checks what it needs`,
    exitCode: 1,
  }),
  'step-failed': ({ step, why, evidence }) => ({
    title: `Step ${step} failed`,
    cause: why,
    evidence,
    hint: 'mend the cause and run the operation again',
    exitCode: 1,
  }),
  'no-answer': ({ host, what, seconds }) => ({
    title: `No answer from ${host}`,
    cause: `${what} gave no answer within ${seconds} s`,
    evidence: [],
    hint: `try again; when it stays so, run papergen doctor and look at ${host}`,
    exitCode: 1,
  }),
  'changed-underneath': ({ path }) => ({
    title: `Somebody keeps changing ${path}`,
    cause: 'it changed each time between reading and writing, so it was not written',
    evidence: [],
    hint: 'find out which program writes it, and try again when it is quiet',
    exitCode: 1,
  }),
  interrupted: ({ during }) => ({
    title: 'Interrupted',
    cause: `you stopped it during ${during}`,
    evidence: [],
    hint: null,
    exitCode: 130,
  }),
  unexpected: ({ what, why }) => ({
    title: `Something unexpected happened during ${what}`,
    cause: why,
    evidence: [],
    hint: 'this may be a defect of papergen; papergen doctor checks both hosts',
    exitCode: 1,
  }),
}
