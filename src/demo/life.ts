/**
 * How a paper of the demo behaves, told in its notebook by a line such as
 * `# demo: gpu 2048 MiB, leaks 40 MiB a second, gives up after 1 s and 150 s`. marimo reads over the line: the demo's GPU and the stand-in for
 * marimo follow it, and the world ends a paper of marimo itself (ending.ts).
 */
export type Life = {
  readonly gpuMib: number | null
  readonly leakMibPerSecond: number
  /** Seconds after its start at which it ends by itself: of its first run, its second; the last one holds for all later ones. */
  readonly givesUpAfter: readonly number[]
}

export const parseLife = (notebook: string): Life => {
  const words = /^# demo: (.*)$/m.exec(notebook)?.[1] ?? ''
  const gpu = /\bgpu (\d+) MiB/.exec(words)?.[1]
  const after = /\bgives up after ([\d. s,and]+)/.exec(words)?.[1] ?? ''
  return {
    gpuMib: gpu === undefined ? null : Number(gpu),
    leakMibPerSecond: Number(/\bleaks (\d+) MiB a second/.exec(words)?.[1] ?? 0),
    givesUpAfter: (after.match(/[\d.]+/g) ?? []).map(Number),
  }
}

/** Seconds until a run ends by itself, or for want of memory; null when it goes on. @param run 1 for the first */
export const endOf = (
  life: Life,
  run: number,
): { readonly after: number; readonly why: 'gives-up' | 'memory' } | null => {
  const giveUp = life.givesUpAfter[Math.min(run, life.givesUpAfter.length) - 1]
  if (giveUp !== undefined) return { after: giveUp, why: 'gives-up' }
  if (life.leakMibPerSecond === 0) return null
  return { after: (mostMib - (life.gpuMib ?? 0)) / life.leakMibPerSecond, why: 'memory' }
}

/** What a leak may reach before the GPU refuses more: what the other papers of the demo leave of it. */
export const mostMib = 72_000

/** MiB on the GPU after so many seconds; null for a paper that uses none. */
export const gpuMibAfter = ({ gpuMib, leakMibPerSecond }: Life, seconds: number): number | null =>
  gpuMib === null ? null : Math.round(Math.min(mostMib, gpuMib + leakMibPerSecond * seconds))
