// MailDev on free ports of 127.0.0.1, for the tests: a mail server with an inbox that can be asked.
//
//   .real/node/bin/node tests/real/maildev.mjs .real key.pem certificate.pem user password
//
// Three ways lead into the one inbox: an open one, one with TLS from the first byte, and one with
// STARTTLS; who comes by the latter two logs in. Prints one line of JSON when all of them answer. Ends
// on SIGTERM, or when stdin closes, so that it cannot outlive the test run that started it.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const HOST = '127.0.0.1'
const STOP_LIMIT_MS = 5000
const [folder, keyPath, certPath, user, pass] = process.argv.slice(2)

// This file is not beside node_modules, and the packages can only be imported.
const load = (name) => {
  const file = path.resolve(folder, 'node_modules', name, 'dist/index.js')
  return import(pathToFileURL(file).href)
}
const { MailDev } = await load('maildev')
const { SMTPServer } = await load('@maildev/smtp')

/** MailDev's own server never offers STARTTLS; what is below it can. */
class Upgrading extends SMTPServer {
  buildServerConfig() {
    return { ...super.buildServerConfig(), hideSTARTTLS: false, disabledCommands: [] }
  }
}

const mailDir = await mkdtemp(path.join(tmpdir(), 'syndicate-maildev-'))
const open = new MailDev({
  smtp: 0, web: 0, ip: HOST, webIp: HOST, mailDirectory: mailDir, silent: true,
})
console.log = console.info = () => {} // on stdout belongs the address alone
const { storage, smtp, api } = await open.start()
const shared = {
  port: 0, host: HOST, storage, mailDir, logger: false, keyPath, certPath, auth: { user, pass },
}
const secure = new SMTPServer({ ...shared, secure: true })
const upgrading = new Upgrading(shared)
await Promise.all([secure.start(), upgrading.start()])

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
  await Promise.all([secure.stop(), upgrading.stop()])
  await open.stop()
  await rm(mailDir, { recursive: true, force: true })
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.stdin.on('end', stop).on('error', stop).resume()

const ports = { none: smtp.getPort(), tls: secure.getPort(), starttls: upgrading.getPort() }
const url = `http://${HOST}:${api.getAddress().port}`
process.stdout.write(`${JSON.stringify({ url, ports })}\n`)
