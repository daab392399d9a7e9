import { oneLine } from './text.ts'

/** Why nvidia-smi failed: its exit code follows nvmlReturn_t, its words come on stdout. @param code null: it hung and was killed */
export const failureReason = (code: number | null, output: string): string => {
  const words = oneLine(
    output
      .split(/\r?\n/)
      .filter(line => line.trim() !== '')
      .slice(0, 2)
      .join(' '),
  )
  const known = code === null ? 'was killed' : failures[meaningOf(code, words)]?.reason
  if (known === undefined) return words === '' ? `nvidia-smi ended with ${code}` : words
  return words === '' ? known : `${known}: ${words}`
}

/** What a person does on that host. @param code null: it hung and was killed. @param words what nvidia-smi said */
export const failureNext = (code: number | null, words = ''): string =>
  (code === null ? undefined : failures[meaningOf(code, words)]?.next) ?? lookAtKernel

/**
 * A cell that holds a reason in place of a number, with what a person does where something can be done.
 * @param what the field, or what else is missing. @param index of the GPU
 */
export const cellNote = (what: string, reason: string, index: number): string => {
  const next = cells.find(({ token }) => token.test(reason))?.next(index)
  return next === undefined ? `${what}: ${reason}` : `${what}: ${reason}: ${next}`
}

/** The graver, the smaller: which word of a row is told. */
export const gravityOf = (reason: string): number => {
  const at = cells.findIndex(({ token }) => token.test(reason))
  if (at >= 0) return at
  return /^N\/A$/.test(reason) ? cells.length + 1 : cells.length
}

/** A note that only says that a number is not there: what a GPU lacks by its nature. */
export const saysNothing = /: (?:N\/A|Not Supported|Requested functionality has been deprecated)$/

/** What a GPU that nvidia-smi lost needs. */
export const bringsBack = 'sudo dmesg | grep -i xid says why; as a rule only a reboot brings it back'

const cells: readonly { readonly token: RegExp; readonly next: (index: number) => string }[] = [
  {
    token: /requires? reset/i,
    next: index =>
      `until then programs may fall back to the CPU in silence; sudo nvidia-smi --gpu-reset -i ${index} when nothing runs on it, else reboot`,
  },
  { token: /^(?:ERR!|Unknown Error|GPU is lost)$/i, next: () => bringsBack },
  { token: /^Insufficient Permissions$/i, next: () => 'sudo nvidia-smi on that host, outside of any container, tells' },
]

type Failure = { readonly reason: string; readonly next?: string }

const lookAtKernel =
  'sudo dmesg | grep -i -e nvrm -e xid says what the driver met; where it hangs or lost a GPU, only a reboot helps'

const install = 'install the NVIDIA driver, or name its program with nvidia_smi under [gpu] in the config'

const failures: Readonly<Record<number, Failure>> = {
  2: {
    reason: 'nvidia-smi refused the query',
    next: 'nvidia-smi --help-query-gpu lists what it can be asked; is it the program that nvidia_smi under [gpu] in the config should name?',
  },
  3: {
    reason: 'not supported on this GPU',
    next: 'nvidia-smi -L lists the GPUs it knows; papers run all the same, only what they use stays unknown',
  },
  4: { reason: 'no permission', next: 'ls -l /dev/nvidia* shows who may open them; give the login that right' },
  6: {
    reason: 'no GPU was found',
    next: 'lspci | grep -i nvidia shows whether the card is seen at all; sudo dmesg | grep -i nvrm says more',
  },
  8: { reason: 'a GPU has no external power', next: "switch the host off and look at the card's power cables" },
  9: {
    reason: 'the NVIDIA driver is not loaded',
    next: 'sudo modprobe nvidia; where that fails (a new kernel without its module), install the driver again',
  },
  10: { reason: 'the driver waited in vain for a GPU' },
  11: { reason: 'the interrupts of a GPU do not arrive' },
  12: {
    reason: 'the NVML library was not found',
    next: "ldconfig -p | grep libnvidia-ml shows whether the driver's library is there; where it is not, install the driver again",
  },
  13: {
    reason: 'the NVML library is older than nvidia-smi',
    next: 'install driver and nvidia-smi of one version, then reboot',
  },
  14: {
    reason: "the GPU's infoROM is corrupted",
    next: 'it may go on for long; nvidia-smi -q | grep -i -A 6 inforom names it, and only its maker can write it anew',
  },
  15: { reason: 'the GPU has fallen off the bus' },
  16: {
    reason: 'the GPU needs a reset',
    next: 'sudo nvidia-smi --gpu-reset when nothing runs on it, else reboot',
  },
  17: { reason: "the operating system took the GPU's control" },
  18: {
    reason: 'driver and library versions differ: the host wants a reboot',
    next: 'reboot when it suits; papers that run go on with the driver they have loaded, a restarted one gets no GPU',
  },
  126: { reason: 'nvidia-smi is not executable', next: install },
  127: { reason: 'nvidia-smi is not installed', next: install },
}

/** A code that tells nothing (1, 255) may come with words that do. */
const meaningOf = (code: number, words: string): number =>
  failures[code] === undefined ? (said.find(([, telling]) => telling.test(words))?.[0] ?? code) : code

const said: readonly (readonly [number, RegExp])[] = [
  [9, /couldn't communicate with the NVIDIA driver|driver (?:is )?not loaded/i],
  [18, /version mismatch/i],
  [12, /libnvidia-ml|NVML shared library not found/i],
  [6, /no devices were found/i],
  [16, /requires? reset/i],
  [14, /inforom is corrupted/i],
  [15, /GPU is lost|fallen off the bus/i],
  [4, /insufficient permissions/i],
  [3, /not supported on the device/i],
]
