/** The paper that operations are tried on, and one that nobody touches and that must answer all the time. */
export const tried = 'fragile'
export const steady = 'steady'
