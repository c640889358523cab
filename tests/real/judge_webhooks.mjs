// The libraries of Standard Webhooks and of Svix verify what we have signed with shared secrets, and
// @noble/curves, which has no code in common with OpenSSL, what we have signed with pairs of keys.
//
//   .real/node/bin/node tests/real/judge_webhooks.mjs .real
//
// Reads JSON from stdin, a list of {"secret", "headers", "body"}, and prints JSON: for each library
// what it says of each event whose key it knows how to use: "ok", or its complaint.

import { createRequire } from 'node:module'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

// This file is not beside node_modules, so its packages are looked up from the folder given.
const require = createRequire(path.resolve(process.argv[2], 'package.json'))
const standardwebhooks = require('standardwebhooks')
const svix = await import(pathToFileURL(require.resolve('svix')).href)
const { ed25519 } = require('@noble/curves/ed25519')

const shared = ({ Webhook }) => ({ secret, headers, body }) => {
  new Webhook(secret).verify(body, headers)
}

const pair = ({ secret, headers, body }) => {
  const key = Buffer.from(secret.replace('whpk_', ''), 'base64')
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
  const fits = headers['webhook-signature'].split(' ').some((signature) => {
    const [scheme, encoded] = signature.split(',')
    return scheme === 'v1a' && ed25519.verify(Buffer.from(encoded, 'base64'), content, key)
  })
  if (!fits) throw new Error('No matching signature found')
}

const say = (judge, asked) => {
  try {
    judge(asked)
    return 'ok'
  } catch (error) {
    return error.message
  }
}

const asked = JSON.parse(await text(process.stdin))
const ofKind = (prefix) => asked.filter((each) => each.secret.startsWith(prefix))
const told = {
  'standardwebhooks (Node)': ofKind('whsec_').map((each) => say(shared(standardwebhooks), each)),
  'svix (Node)': ofKind('whsec_').map((each) => say(shared(svix), each)),
  '@noble/curves': ofKind('whpk_').map((each) => say(pair, each)),
}
process.stdout.write(JSON.stringify(told))
