/** A paper of the demo, as it lies in the project. */
export type Part = {
  readonly id: string
  readonly notebook: string
  readonly text: string
  /** How its records are when the demo begins; `unpublished`: only its notebook is there. */
  readonly at: 'published' | 'stopped' | 'drifted' | 'unpublished'
}

type Sketch = {
  readonly file: string
  readonly title: string
  readonly at?: Part['at']
  readonly life?: string
  readonly cell?: string
}

/** Papers with life in them. What each does is told in its notebook (life.ts). */
const sketches: readonly Sketch[] = [
  { file: 'attention.py', title: 'Attention Is All You Need', life: 'gpu 12698 MiB' },
  {
    file: 'diffusion_101.py',
    title: '확산 모델 기초',
    life: 'gpu 6144 MiB, gives up after 0 s and 150 s',
  },
  { file: 'flow_matching.py', title: 'Flow Matching for Generative Modeling', at: 'drifted', life: 'gpu 8294 MiB' },
  {
    file: 'graph_nets.py',
    title: 'Graph Networks, Revisited',
    life: 'gpu 2048 MiB',
    cell: 'raise ValueError("edge_index refers to node 512, the graph has 500")',
  },
  { file: 'kalman.py', title: 'Kalman Filters by Hand', at: 'stopped' },
  { file: 'neural_ode.py', title: 'Neural ODEs', life: 'gpu 3072 MiB, leaks 110 MiB a second' },
  { file: 'sampling.py', title: 'Sampling from GPUs', life: 'gpu 512 MiB' },
  { file: 'mamba.py', title: 'Mamba: Linear-Time Sequence Modeling', at: 'unpublished', life: 'gpu 4096 MiB' },
  {
    file: 'einsum.py',
    title: 'Einsum Is All You Need',
    at: 'unpublished',
    life: 'gpu 1024 MiB, gives up after 0 s',
  },
]

/** The cast, and quiet extras up to `papers` published ones. */
export const castOf = (papers: number): readonly Part[] => {
  const published = sketches.filter(({ at }) => at !== 'unpublished').length
  const extras = Array.from({ length: Math.max(0, papers - published) }, (_, at) => extra(at + 1))
  return [...sketches, ...extras].map(partOf)
}

/** The papers the demo begins with when nobody says how many. */
export const usualPapers = 7

const subjects = [
  'Entropy',
  'Kernels',
  '베이즈 추론',
  'Transport',
  'Score Matching',
  '강화 학습',
  'Tokenizers',
  'Bandits',
  '图神经网络',
  'Wavelets',
]

const extra = (number: number): Sketch => ({
  file: `note_${String(number).padStart(4, '0')}.py`,
  title: `${subjects[number % subjects.length]}, note ${number}`,
  ...(number % 61 === 0 ? { at: 'stopped' as const } : {}),
})

const partOf = ({ file, title, at = 'published', life, cell = 'mo.md("It works.")' }: Sketch): Part => ({
  id: file.replace(/\.py$/, '').replaceAll('_', '-'),
  notebook: `papers/${file}`,
  text: notebookOf(title, life, cell),
  at,
})

const notebookOf = (title: string, life: string | undefined, cell: string): string => `import marimo

${life === undefined ? '' : `# demo: ${life}\n`}app = marimo.App(app_title=${JSON.stringify(title)})


@app.cell
def _():
    import marimo as mo
    return (mo,)


@app.cell
def _(mo):
    mo.md("# ${title}")
    return


@app.cell
def _(mo):
    ${cell}
    return


if __name__ == "__main__":
    app.run()
`
