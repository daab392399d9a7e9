import type { Certificates } from './certificates.ts'
import { type Layout, site } from './layout.ts'
import { place, placeFolder, placeLink, son } from './root.ts'
import { run } from './run.ts'

const web = `/var/www/${site}`
const live = `/etc/letsencrypt/live/${site}`

/** The edge as its administrator has it before papergen: nginx with TLS, certbot's layout, a site of somebody else's. */
export const prepareEdge = (layout: Layout, certificates: Certificates, operatorKey: string): void => {
  const { root } = layout.host('edge')
  placeCertificate(root, certificates)
  place(root, `/etc/nginx/sites-enabled/${site}`, siteFile)
  place(root, `${web}/index.html`, '<!doctype html>\n<title>Learn</title>\n<h1>Learn</h1>\n')
  placeFolder(root, `${web}/thesis`)
  placeFolder(root, '/home/son/.ssh', { mode: 0o700, owner: son })
  place(root, '/home/son/.ssh/authorized_keys', operatorKey, { mode: 0o600, owner: son })
  run(['chroot', root, 'systemctl', '--quiet', 'enable', 'nginx.service', 'certbot.timer'])
}

/** Files in archive/, links in live/, as certbot lays them; without a renewal file the timer finds nothing to renew. */
const placeCertificate = (root: string, { leaf, chain, fullchain, key }: Certificates): void => {
  for (const folder of ['live', 'archive']) placeFolder(root, `/etc/letsencrypt/${folder}`, { mode: 0o700 })
  const files = { cert: leaf, chain, fullchain, privkey: key }
  for (const [name, text] of Object.entries(files)) {
    const mode = name === 'privkey' ? 0o600 : 0o644
    place(root, `/etc/letsencrypt/archive/${site}/${name}1.pem`, text, { mode })
    placeLink(root, `${live}/${name}.pem`, `../../archive/${site}/${name}1.pem`)
  }
}

const siteFile = `# Written by the administrator of this site, not by papergen.
server {
    listen 80;
    server_name ${site};
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl;
    server_name ${site};
    ssl_certificate ${live}/fullchain.pem;
    ssl_certificate_key ${live}/privkey.pem;
    root ${web};
    index index.html;

    include /etc/nginx/snippets/learn-papers/*.conf;

    location / {
        try_files $uri $uri/ =404;
    }
}
`
