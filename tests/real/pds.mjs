// A Bluesky PDS with a PLC directory of its own, for the tests, on free ports of 127.0.0.1.
//
//   .real/node/bin/node tests/real/pds.mjs .real
//
// Prints one line of JSON when both answer: their addresses, and the secret that signs sessions, with
// which a test can make one that is long expired. Ends on SIGTERM, or when stdin closes, so that it
// cannot outlive the test run that started it.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const HOST = '127.0.0.1'
const STOP_LIMIT_MS = 5000

// This file is not beside node_modules, so its packages are looked up from the folder given.
const require = createRequire(path.resolve(process.argv[2], 'package.json'))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)

/** Both servers listen on every address; neither has a setting for that. */
function bindToLoopback(app) {
  const listen = app.listen.bind(app)
  app.listen = (port) => listen(port, HOST)
}

/** The PDS wants to know its port before it opens it: its public address holds it. */
async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, HOST, resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function startPlc() {
  // CommonJS, bundled: Node finds its exports only by `require`.
  const { MockDatabase, PlcServer } = require('@did-plc/server')
  const plc = PlcServer.create({ db: new MockDatabase(), port: 0 })
  bindToLoopback(plc.app)
  const server = await plc.start()
  return { plc, port: server.address().port }
}

async function startPds(plcPort, directory, jwtSecret) {
  const { PDS, envToCfg, envToSecrets } = await load('@atproto/pds')
  const env = {
    port: await freePort(),
    hostname: 'localhost', // what makes handles under .test free to take
    devMode: true, // plain HTTP, and addresses of this machine are no danger
    dataDirectory: directory,
    blobstoreDiskLocation: path.join(directory, 'blobs'),
    didPlcUrl: `http://localhost:${plcPort}`, // it resolves DIDs only from a host with a name
    enableDidDocWithSession: true, // as the public servers have it
    handleBackupNameservers: [],
    inviteRequired: false,
    jwtSecret,
    dpopSecret: randomBytes(32).toString('hex'),
    adminPassword: randomBytes(16).toString('hex'),
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  }
  const config = envToCfg(env)
  // `localhost` may mean ::1, where nobody listens: DID documents name the address itself.
  config.service.publicUrl = `http://${HOST}:${env.port}`
  const pds = await PDS.create(config, envToSecrets(env))
  bindToLoopback(pds.app)
  await pds.start()
  return { pds, port: env.port }
}

async function main() {
  const directory = await mkdtemp(path.join(tmpdir(), 'syndicate-pds-'))
  const { plc, port: plcPort } = await startPlc()
  const jwtSecret = randomBytes(16).toString('hex')
  const { pds, port } = await startPds(plcPort, directory, jwtSecret)

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
    await pds.destroy()
    await plc.destroy()
    await rm(directory, { recursive: true, force: true })
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.stdin.on('end', stop).on('error', stop).resume()

  const url = (at) => `http://${HOST}:${at}`
  console.log(JSON.stringify({ url: url(port), plc: url(plcPort), port, plcPort, jwtSecret }))
}

await main()
