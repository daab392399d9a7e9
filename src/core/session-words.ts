/** What an update means for who is viewing a paper: requests go on, sessions do not. */
export const sessionWords = (viewers: number | null): string => {
  if (viewers === null) return 'open sessions start anew'
  if (viewers === 0) return 'nobody is viewing it'
  return viewers === 1 ? '1 open session starts anew' : `${viewers} open sessions start anew`
}
