import { defineConfig } from 'vitest/config'

const itself = 'test/lab/lab.test.ts'

// No promise of speed: a machine at work can stand still for seconds.
const expect = { poll: { timeout: 10_000 } }

const lab = {
  include: ['test/lab/**/*.test.ts'],
  globalSetup: ['test/lab/global-setup.ts'],
  setupFiles: ['test/lab/fresh.ts'],
  // Two booted hosts and a browser on a shared machine can stall for seconds; a second try is reported as one.
  retry: 1,
  testTimeout: 180_000,
  hookTimeout: 900_000,
  expect,
}

// Projects that need different things: nothing, a built bundle in a pty, two Debian hosts as root.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/console/**', 'test/lab/**'],
          // A property over thousands of cases on a machine that is busy.
          testTimeout: 20_000,
          hookTimeout: 60_000,
          expect,
          // One fewer than there are processors is half of a small machine.
          ...{ maxWorkers: '100%', sequence: { groupOrder: 3 } },
        },
      },
      {
        test: {
          name: 'console',
          include: ['test/console/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...lab,
          name: 'lab',
          exclude: [itself],
          // Each worker has a lab of its own; most of a lab test is waiting.
          ...{ maxWorkers: 2, sequence: { groupOrder: 1 } },
        },
      },
      // Whether a lab leaves nothing behind is told by all there is on the machine: no other may come and go meanwhile.
      { test: { ...lab, name: 'lab-itself', include: [itself], maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
})
