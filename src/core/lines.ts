/** Longest line kept; the rest of a longer one is dropped, so that a stream without line breaks cannot fill the memory. */
const longest = 1024 * 1024

/** A stream of bytes as lines of text, UTF-8 across chunk borders; a last line without its line break counts too. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
    rest = (parts.pop() ?? '').slice(0, longest)
    yield* parts.map(line => line.slice(0, longest))
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
