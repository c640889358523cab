// The AT Protocol's own validator says whether records are what the lexicons of standard.site ask
// for; the servers do not know these, and take anything.
//
//   .real/node/bin/node tests/real/judge_documents.mjs .real
//
// Reads JSON from stdin, a list of records, and prints JSON: of each "ok", or the complaint.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

// This file is not beside node_modules, so its packages are looked up from the folder given.
const require = createRequire(path.resolve(process.argv[2], 'package.json'))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const { Lexicons, jsonToLex } = await load('@atproto/lexicon') // comes with the server
const { schemas } = await load('@atproto/api')

const known = schemas.filter((each) => each.id === 'com.atproto.repo.strongRef')
const ours = JSON.parse(await readFile(new URL('standard_site.json', import.meta.url)))
const lexicons = new Lexicons([...known, ...ours])

const say = (record) => {
  try {
    lexicons.assertValidRecord(record.$type, jsonToLex(record))
    return 'ok'
  } catch (error) {
    return error.message
  }
}

console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(say)))
