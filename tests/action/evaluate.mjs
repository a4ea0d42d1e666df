// Expressions of workflows, by GitHub's own evaluator: node evaluate.mjs <folder of the package>.
// A line in: {"expression": "inputs.x == ''", "contexts": {...}}. A line out: the result as JSON.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [folder] = process.argv.slice(2)
const { Evaluator, Lexer, Parser, data } = await import(pathToFileURL(`${folder}/dist/index.js`))
const { reviver } = await import(pathToFileURL(`${folder}/dist/data/reviver.js`))
const status = { name: 'always', minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(true) }

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, contexts } = JSON.parse(line)
  const tokens = new Lexer(expression).lex().tokens
  const parsed = new Parser(tokens, Object.keys(contexts), [status]).parse()
  const known = JSON.parse(JSON.stringify(contexts), reviver)
  const result = new Evaluator(parsed, known, new Map([['always', status]])).evaluate()
  const truth = result.kind === data.Kind.Boolean ? result.value : result.coerceString() !== ''
  console.log(JSON.stringify({ text: result.coerceString(), truth }))
}
