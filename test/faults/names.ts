/** What can be tried, as the command line names it. */
export const operations = ['publish', 'update', 'rollback', 'unpublish', 'restart', 'repair'] as const
export type Operation = (typeof operations)[number]

export const faultNames = ['kill', 'kill-gpu', 'kill-edge', 'link', 'reboot-edge', 'full-gpu', 'full-edge'] as const
export type FaultName = (typeof faultNames)[number]
