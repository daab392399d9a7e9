import { inHtml } from '../core/index-page.ts'

/** What a visitor of a paper sees where marimo itself is not there. */
export const marimoPage = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${inHtml(title)}</title>
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
</head>
<body>
<main>
<h1>${inHtml(title)}</h1>
<p>This is a stand-in for marimo: it serves the paths of a paper and computes nothing. With marimo on the PATH,
<code>papergen demo</code> serves the notebook itself here.</p>
</main>
</body>
</html>
`
