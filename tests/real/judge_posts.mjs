// Microsoft's own Adaptive Cards and the AT Protocol's own package read what we would send.
//
//   .real/node/bin/node tests/real/judge_posts.mjs .real
//
// Reads JSON from stdin, {"cards": [card, …], "texts": [text, …]}, and prints JSON: for each card what
// there is to complain of, and for each text its length in graphemes and in bytes, with its facets.

import { createRequire } from 'node:module'
import path from 'node:path'
import { text as read } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

// This file is not beside node_modules, so its packages are looked up from the folder given.
const require = createRequire(path.resolve(process.argv[2], 'package.json'))
const folder = path.resolve(process.argv[2], 'node_modules')
// Its modules name each other as no Node finds them: only the bundle can be loaded.
const cards = require(path.join(folder, 'adaptivecards/dist/adaptivecards.js'))
const atproto = await import(pathToFileURL(path.join(folder, '@atproto/api/dist/index.js')).href)

const HOSTS = new Set(['$schema', 'type', 'msteams'])

/** The parser passes over properties that it does not know: a slip of the pen would go unseen. */
function* unknown(element, raw) {
  const schema = element.getSchema()
  const names = new Set(HOSTS)
  for (let i = 0; i < schema.getCount(); i++) names.add(schema.getItemAt(i).name)
  const lists = new Set(['body', 'actions', 'inlines'])
  for (const name of Object.keys(raw)) {
    if (!names.has(name) && !lists.has(name)) yield `${raw.type} has no ${name}`
  }
}

function* parts(card, raw) {
  yield [card, raw]
  for (const [i, each] of (raw.body ?? []).entries()) {
    const item = card.getItemAt(i)
    yield [item, each]
    for (const [j, run] of (each.inlines ?? []).entries()) yield [item.getInlineAt(j), run]
  }
  for (const [i, each] of (raw.actions ?? []).entries()) yield [card.getActionAt(i), each]
}

function complaints(raw) {
  const card = new cards.AdaptiveCard()
  // A pattern with the flag g goes on where it left off: every second language would be refused.
  cards.AdaptiveCard.langProperty.regEx.lastIndex = 0
  const context = new cards.SerializationContext(cards.Versions.v1_5)
  card.parse(raw, context)
  const found = []
  for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i).message)
  for (const each of card.validateProperties().validationEvents) found.push(each.message)
  if (found.length === 0) for (const [item, own] of parts(card, raw)) found.push(...unknown(item, own))
  return found
}

function facets(richtext) {
  richtext.detectFacetsWithoutResolution()
  return (richtext.facets ?? []).map(({ index, features: [feature] }) => ({
    start: index.byteStart,
    end: index.byteEnd,
    kind: feature.$type.split('#')[1],
    value: feature.uri ?? feature.tag ?? feature.did,
  }))
}

function measure(text) {
  const richtext = new atproto.RichText({ text })
  return { graphemes: richtext.graphemeLength, bytes: richtext.length, facets: facets(richtext) }
}

const asked = JSON.parse(await read(process.stdin))
const told = { cards: asked.cards.map(complaints), texts: asked.texts.map(measure) }
process.stdout.write(JSON.stringify(told))
