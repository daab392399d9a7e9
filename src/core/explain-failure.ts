import type { Words } from './explanation.ts'
import { failureNext } from './nvidia-failure.ts'

/** Begun and failed, or refused because somebody else is at work (exit 1). */
export const failureWords: Words<
  | 'locked'
  | 'request-failed'
  | 'reload-failed'
  | 'command-failed'
  | 'gpu-unseen'
  | 'step-failed'
  | 'no-answer'
  | 'changed-underneath'
  | 'file-locked'
  | 'interrupted'
  | 'unexpected'
> = {
  locked: ({ host, holder, operation, id, since }) => ({
    title: `Another operation holds the lock on ${host}`,
    cause: `the ${operation} of ${id} by ${holder} has been running since ${since}`,
    evidence: [],
    hint: 'wait until it has finished and try again; a lock never outlives its holder',
    exitCode: 1,
  }),
  'request-failed': ({ host, request, output }) => ({
    title: `papergen's entry point on ${host} could not do its work`,
    cause: `it was asked: ${request}`,
    evidence: [output],
    hint: /^cannot write /.test(output)
      ? `on ${host}: df -h and findmnt show whether the disk there is full or read-only; then run the operation again`
      : `mend what it says on ${host} and run the operation again; papergen doctor checks what it needs`,
    exitCode: 1,
  }),
  'reload-failed': ({ host, output }) => ({
    title: `nginx on ${host} did not take over its new configuration`,
    cause: 'nginx -t accepts it, but after the reload nginx still serves the former one',
    evidence: [output],
    hint: `on ${host}, mend what nginx says (ss -ltnp shows who holds a port), try sudo systemctl reload nginx, and run the operation again`,
    exitCode: 1,
  }),
  'command-failed': ({ host, command, code, output }) => ({
    title: `A command failed on ${host}`,
    cause: `${command} ${code === null ? 'was ended by a signal' : `ended with exit status ${code}`}`,
    evidence: [output],
    hint: `run it by hand on ${host} to see more; papergen doctor checks what it needs`,
    exitCode: 1,
  }),
  'gpu-unseen': ({ host, command, code, why }) => ({
    title: `The GPUs of ${host} cannot be seen`,
    cause: why,
    evidence: [`${command} ${code === null ? 'was ended by a signal' : `ended with exit status ${code}`}`],
    hint: `on ${host}: ${failureNext(code, why)}`,
    exitCode: 1,
  }),
  'step-failed': ({ step, why, evidence, next = 'mend the cause and run the operation again', journalOf }) => ({
    title: `Step ${step} failed`,
    cause: why,
    evidence,
    hint: journalOf === undefined ? next : `${next}; its journal: papergen logs ${journalOf}`,
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
  'file-locked': ({ host, path, holder, seconds }) => ({
    title: `${path} is locked by another program`,
    cause: `${holder ?? 'a program that cannot be seen'} on ${host} has held ${path}.lock for more than ${seconds} s`,
    evidence: [],
    hint: `wait until it has finished, or end it on ${host} (lslocks shows who holds what), then run this again`,
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
