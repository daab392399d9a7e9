/** The part of a list that a height shows around the chosen one. */
export const windowOf = (
  length: number,
  index: number,
  height: number,
): { readonly from: number; readonly to: number } => {
  const space = Math.max(1, height)
  const from = Math.max(0, Math.min(length - space, index - Math.floor(space / 2)))
  return { from, to: Math.min(length, from + space) }
}
