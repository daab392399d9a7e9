import type { EdgePolicy } from './policy.ts'
import { type Account, loginProgram } from './setup-account.ts'

/** Where the account lives; root's. */
export const accountHome = '/var/lib/papergen/login'
export const accountKeysFile = `${accountHome}/.ssh/authorized_keys`
export const accountRulesFile = '/etc/ssh/sshd_config.d/00-papergen.conf'

/**
 * Makes the account, or mends it; bash, in the frame of setup.ts. `program` writes libexec/papergen-edge-login. OpenSSH knows no range in `permitopen`, and `:*` would open the
 * GPU host's own sshd and whatever else listens there: so each port of the papers is listed, up to the 4,096 that OpenSSH takes.
 * A key's options say nothing about Unix sockets, which `port-forwarding` opens as well (the account's own systemd among them,
 * which runs anything), and a certificate of an authority that sshd trusts comes in without them: only sshd's configuration
 * speaks of these, so a `Match` block is a part of it, and is proved before sshd reloads.
 */
export const accountSteps = (
  { name, key }: Account,
  policy: EdgePolicy,
  program: string,
): string => `# The login ${name}: nothing but the entry point and the papers' ports.
account=${name} login=${loginProgram} account_home=${accountHome}
rules=${accountRulesFile} keys=$account_home/.ssh/authorized_keys
sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) || stop "there is no sshd on this host"
[[ -d /run/sshd ]] || install -d -m 755 /run/sshd
"$sshd" -t || stop "sshd's configuration is broken before any change; mend it first"
found=$(getent passwd "$account" || :)
if [[ -n $found && $(cut -d: -f6 <<<"$found") != "$account_home" ]]; then
  stop "there is a login $account already, which papergen did not make; choose another name"
fi
other=$(getent passwd | awk -F: -v home="$account_home" -v name="$account" '$6 == home && $1 != name { print $1 }')
[[ -z $other ]] || stop "the login $other is papergen's already; take it away first: userdel $other"

# The account goes in whole or not at all.
kept=$(mktemp -d) made=''
account_back() {
  local each
  for each in "$rules" "$keys" "$login"; do
    if [[ -e $kept/\${each##*/} ]]; then cp -p -- "$kept/\${each##*/}" "$each"; else rm -f -- "$each"; fi
  done
  if [[ -n $made ]]; then
    userdel -- "$account" || :
    rm -rf -- "$account_home"
  fi
  rm -rf -- "$kept"
}
trap '[[ ! -d $kept ]] || account_back' EXIT
for each in "$rules" "$keys" "$login"; do [[ ! -e $each ]] || cp -p -- "$each" "$kept/"; done

${program}
# Root's, so that the account cannot change what it may do.
folder /var/lib/papergen root 755
for each in "$account_home" "$account_home/.ssh"; do
  [[ ! -L $each ]] || stop "$each is a link; take it away"
  folder "$each" root 755
  if [[ $(stat -c '%u:%g %a' -- "$each") != '0:0 755' ]]; then
    chown root:root -- "$each" && chmod 755 -- "$each"
    say "$each is root's again"
  fi
done
if [[ -z $found ]]; then
  made=yes
  useradd --system --user-group --no-create-home --home-dir "$account_home" --shell "$login" --comment "papergen's console" "$account"
  say "made the login $account"
fi
[[ $(id -u -- "$account") != 0 ]] || stop "$account is root"
[[ $(getent passwd "$account" | cut -d: -f7) == "$login" ]] || { usermod -s "$login" -- "$account"; say "took the shell of $account away"; }
# \`*\` is a password nobody has; with \`!\` some sshd take the whole login for locked.
[[ $(getent shadow "$account" | cut -d: -f2) == '*' ]] || { usermod -p '*' -- "$account"; say "$account has no password"; }
[[ $(id -G -- "$account") == "$(id -g -- "$account")" ]] || { usermod -G '' -- "$account"; say "took $account out of every group"; }

${openedPorts(policy)}
put "$keys" 644 <<EOF
# Written by papergen setup edge --account: the one key that may log in, and all that it may do.
restrict,port-forwarding,command="$login"$opens ${key}
EOF
put "$rules" 644 <<EOF
${accountRules('$account', '$keys', '$login')}EOF
"$sshd" -t || stop "sshd refuses $rules; everything is as before"
inforce=$("$sshd" -T -C "user=$account,host=localhost,addr=127.0.0.1") || stop "sshd does not say what is in force for $account"
while read -r each; do
  grep -qixF -- "$each" <<<"$inforce" && continue
  stop "sshd does not go by $rules (no '$each' for $account). /etc/ssh/sshd_config, which papergen never edits, needs this line above its own Match blocks: Include /etc/ssh/sshd_config.d/*.conf"
done <<EOF
authenticationmethods publickey
authorizedkeysfile $keys
authorizedkeyscommand none
trustedusercakeys none
forcecommand $login
allowtcpforwarding local
allowstreamlocalforwarding no
allowagentforwarding no
x11forwarding no
permittty no
permittunnel no
permituserrc no
EOF
if grep -qE '^allow(users|groups) ' <<<"$inforce"; then say "sshd has a list of who may log in: see that it names $account"; fi
if ! cmp -s -- "$rules" "$kept/\${rules##*/}"; then
  for each in ssh sshd; do
    systemctl is-active -q "$each.service" || continue
    systemctl reload "$each.service" || stop "sshd does not reload"
    say "sshd reloaded"
    break
  done
fi
rm -rf -- "$kept"
trap - EXIT`

/** What sshd goes by for the account, whatever its key's options say. */
export const accountRules = (name: string, keys = accountKeysFile, login: string = loginProgram): string =>
  `# Written by papergen setup edge --account: what the options of a key cannot say.
Match User ${name}
  AuthenticationMethods publickey
  AuthorizedKeysFile ${keys}
  AuthorizedKeysCommand none
  TrustedUserCAKeys none
  ForceCommand ${login}
  AllowTcpForwarding local
  AllowStreamLocalForwarding no
  AllowAgentForwarding no
  X11Forwarding no
  PermitTTY no
  PermitTunnel no
  PermitUserRC no
Match all
`

const openedPorts = ({ address, ports: [first, last] }: EdgePolicy): string =>
  last - first < 4096
    ? `opens=''; for ((port = ${first}; port <= ${last}; port++)); do opens+=",permitopen=\\"${address}:$port\\""; done`
    : `opens=",permitopen=\\"${address}:*\\""`
