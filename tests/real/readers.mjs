// What two of npm's feed parsers make of feeds: feedsmith of all three formats, rss-parser of XML.
//
//   .real/node/bin/node tests/real/readers.mjs .real FILE...
//
// Prints JSON: a list for each file, and in it for each reader its name, and what every entry says.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

// This file is not beside node_modules, so its packages are looked up from the folder given.
const require = createRequire(path.resolve(process.argv[2], 'package.json'))
const { parseFeed } = await import(pathToFileURL(require.resolve('feedsmith')).href)
const Parser = require('rss-parser')

// Atom's texts say of what type they are.
const text = (each) => each?.value ?? each
const link = (entry) => (entry.links ?? []).find((each) => each.rel === 'alternate')?.href

const shapes = {
  rss: (feed) => ({
    title: feed.title,
    older: feed.atom?.links?.find((each) => each.rel === 'prev-archive')?.href,
    entries: (feed.items ?? []).map((each) => [
      each.guid?.value,
      each.link,
      each.title,
      each.pubDate,
      each.content?.encoded,
    ]),
  }),
  atom: (feed) => ({
    title: text(feed.title),
    older: feed.links?.find((each) => each.rel === 'prev-archive')?.href,
    entries: (feed.entries ?? []).map((each) => [
      each.id,
      link(each),
      text(each.title),
      each.published,
      text(each.content),
    ]),
  }),
  json: (feed) => ({
    title: feed.title,
    older: feed.next_url,
    entries: (feed.items ?? []).map((each) => [
      each.id,
      each.url,
      each.title,
      each.date_published,
      each.content_html,
    ]),
  }),
}

async function read(file) {
  const source = readFileSync(file, 'utf8')
  const { format, feed } = parseFeed(source)
  const found = [{ reader: 'feedsmith', format, ...shapes[format](feed) }]
  if (format !== 'json') {
    const parsed = await new Parser().parseString(source)
    found.push({
      reader: 'rss-parser',
      format,
      title: parsed.title,
      entries: parsed.items.map((each) => [
        each.guid ?? each.id,
        each.link,
        each.title,
        each.pubDate ?? each.isoDate,
        format === 'rss' ? each['content:encoded'] : each.content,
      ]),
    })
  }
  return found
}

const found = []
for (const file of process.argv.slice(3)) found.push(await read(file))
process.stdout.write(JSON.stringify(found))
