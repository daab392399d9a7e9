/** The looks the console has, in the order in which its key goes through them. What each is made of: views/theme.ts. */
export const themeNames = ['dark', 'light', 'high-contrast'] as const

export type ThemeName = (typeof themeNames)[number]

export const nextTheme = (theme: ThemeName): ThemeName =>
  themeNames[(themeNames.indexOf(theme) + 1) % themeNames.length] ?? 'dark'

export const isThemeName = (value: unknown): value is ThemeName => themeNames.some(name => name === value)

/**
 * The theme of the config, or what suits the terminal when the config leaves it to that. Only `COLORFGBG` is read: a question to the
 * terminal itself would be answered among the operator's keys, and some terminals never answer.
 */
export const themeFor = (asked: ThemeName | 'auto', colorFgBg: string | undefined): ThemeName =>
  asked !== 'auto' ? asked : hasLightBackground(colorFgBg ?? '') ? 'light' : 'dark'

/** `15;0`, `0;default;15`: the last one is the background, one of the sixteen colours; 7 and those from 9 on are light. */
const hasLightBackground = (colorFgBg: string): boolean => /;(7|9|1[0-5])$/.test(colorFgBg)
