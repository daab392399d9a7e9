import { describe, expect, it } from 'vitest'
import { readExposure } from '../../src/core/exposure.ts'

describe('what a host says of itself', () => {
  it.each([
    ['', { loose: [], lookedAt: 0, login: null, filter: null }],
    [
      'loose 0:666 /etc/\u001b[2Jx\nlogin-name so\u202en\nlogin-shell \u001b]0;x\u0007/bin/sh\nfilter some',
      {
        loose: [{ path: '/etc/x', owner: 0, mode: '666' }],
        lookedAt: 0,
        login: { name: 'son', shell: '/bin/sh', groups: [], sudo: false },
        filter: 'some',
      },
    ],
    ['filter some', { loose: [], lookedAt: 0, login: null, filter: 'some' }],
    ['filter maybe\nnews of a later version\n', { loose: [], lookedAt: 0, login: null, filter: null }],
    [
      'looked-at 46\nloose 1000:664 /etc/papergen/edge.conf\nloose 0:2775 /usr/local\nloose x /y\nloose\n',
      {
        loose: [
          { path: '/etc/papergen/edge.conf', owner: 1000, mode: '664' },
          { path: '/usr/local', owner: 0, mode: '2775' },
        ],
        lookedAt: 46,
        login: null,
        filter: null,
      },
    ],
    [
      'login-name son\nlogin-shell /bin/bash\nlogin-group sudo\nlogin-group docker\nlogin-sudo more\nfilter none\n',
      {
        loose: [],
        lookedAt: 0,
        login: { name: 'son', shell: '/bin/bash', groups: ['sudo', 'docker'], sudo: true },
        filter: 'none',
      },
    ],
  ])('%j', (body, read) => expect(readExposure(body)).toEqual(read))
})
