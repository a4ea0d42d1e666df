// A GitHub that keeps state, on loopback: node emulate.mjs <folder of the package> <seed as JSON>.
// It ends when standard input does.
import { pathToFileURL } from 'node:url'

const [folder, seed] = process.argv.slice(2)
const { createEmulator } = await import(pathToFileURL(`${folder}/dist/api.js`))
const { port, ...rest } = JSON.parse(seed)
const github = await createEmulator({ service: 'github', port, seed: rest })
const key = github.generatedSecrets.find((secret) => secret.kind === 'github.app_private_key')
console.log(JSON.stringify({ port, key: key.value }))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
