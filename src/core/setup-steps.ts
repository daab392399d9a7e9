/** The parts of the setup script that differ by role; bash, in the frame of setup.ts. */

/** sudo asks nobody, logs no stream and gives no terminal, so that any byte passes; `serve` is the only word allowed. */
const sudoRules = (role: 'gpu' | 'edge'): string => `allow() {
  local program=/usr/local/libexec/papergen-${role} rules=/etc/sudoers.d/papergen-${role} temp
  temp=$(mktemp)
  printf '%s\\n' "# What papergen may do as root on this host: this program with this argument, nothing else." \\
    "Defaults!$program !requiretty, !use_pty, !log_input, !log_output" \\
    "$operator ALL=(root) NOPASSWD: $program serve" >"$temp"
  visudo -cqf "$temp" || { rm -f "$temp"; stop "visudo refuses the rule for $operator"; }
  put "$rules" 440 <"$temp"
  rm -f "$temp"
}
if [[ $operator != root ]]; then allow; fi`

/** What has to be so before sudo lets anybody start the program: setup that stops here leaves no door open. */
const safeFirst = (
  role: 'gpu' | 'edge',
  folders: string,
): string => `# The entry point runs in a service of its own, which systemd makes when it is asked over D-Bus.
[[ -S /run/dbus/system_bus_socket ]] || stop "there is no D-Bus on this host, which the entry point needs: apt-get install dbus"
# Root's program works in these; whoever could put a link there could lead it astray.
for each in ${folders}; do
  bash -pc 'source "$1"; rooted "$2"' - "$prefix/libexec/papergen-${role}" "$each" >&2 || { echo >&2; stop "$each is not safe for a program of root's"; }
done`

export const gpuSteps = `folder /var/lib/papergen root 755
folder /var/lib/papergen/gpu root 700
${safeFirst('gpu', '/var/lib/papergen/gpu /etc/systemd/system')}

${sudoRules('gpu')}

# The project's state belongs to the operator.
policy() { sed -n "s/^$1 //p" "$conf/gpu.conf"; }
[[ -d $(policy project) ]] || stop "there is no project folder $(policy project)"
# Made as the operator: under a path that somebody else can change, root makes and gives away nothing.
own() {
  [[ -d $1 ]] && return
  setpriv --reuid "$operator" --regid "$(id -g "$operator")" --init-groups mkdir -m 755 -- "$1" || stop "$operator cannot make $1"
  say "made $1"
}
own "$(policy state)"
own "$(policy state)/releases"
own "$(policy state)/intents"

# Reading the journal of papers needs the group, not root.
if getent group systemd-journal >/dev/null && ! id -nG "$operator" | grep -qw systemd-journal; then
  usermod -aG systemd-journal "$operator"
  say "$operator is now in the group systemd-journal (from the next login on)"
fi`

export const userSteps = `policy() { sed -n "s/^$1 //p" "$conf/gpu.conf"; }
[[ -d $(policy project) ]] || stop "there is no project folder $(policy project)"
mkdir -p -- "$(policy state)/releases" "$(policy state)/intents" "$home/.config/systemd/user" "$home/.local/share/papergen/gpu"

# Papers run on after the logout and start at boot.
if [[ $(loginctl show-user "$operator" -p Linger --value 2>/dev/null) != yes ]]; then
  loginctl enable-linger "$operator" || stop "run as root: loginctl enable-linger $operator"
  say "lingering is on for $operator"
fi`

export const edgeSteps = (httpConf: string): string => `folder /var/lib/papergen root 755
folder /var/lib/papergen/edge root 700

policy() { sed -n "s/^$1 //p" "$conf/edge.conf"; }
snippets=$(policy snippets) index=$(policy index) web=\${index%/*}
folder "$snippets" root 755
folder "$web" root 755
${safeFirst('edge', '/var/lib/papergen/edge "$snippets" "$web"')}
nginx -t -q || stop "nginx's configuration is broken before any change; mend it first"

${sudoRules('edge')}

# nginx's part goes in whole or not at all.
back=$(mktemp -d)
restore() {
  local name
  for name in http generation; do
    local path=/etc/nginx/conf.d/papergen.conf
    [[ $name == http ]] || path=$snippets/_generation.conf
    if [[ -e $back/$name ]]; then cp -p -- "$back/$name" "$path"; else rm -f -- "$path"; fi
  done
  rm -rf -- "$back"
}
# A step that fails (a full disk, a signal) ends the script here; "done" comes after $back is gone.
trap '[[ ! -d $back ]] || restore' EXIT
[[ ! -e /etc/nginx/conf.d/papergen.conf ]] || cp -p -- /etc/nginx/conf.d/papergen.conf "$back/http"
[[ ! -e $snippets/_generation.conf ]] || cp -p -- "$snippets/_generation.conf" "$back/generation"
before=$(cat -- /etc/nginx/conf.d/papergen.conf "$snippets/_generation.conf" 2>/dev/null | sha256sum || :)
put /etc/nginx/conf.d/papergen.conf 644 <<'END_OF_FILE'
${httpConf.replace(/\n$/, '')}
END_OF_FILE
# The entry point's own functions render the marker.
if ! bash -pc 'source "$1"; role=edge; where_am_i; read_policy; generation_text' - "$prefix/libexec/papergen-edge" >"$back/new"; then
  restore
  stop "the entry point cannot render its own file"
fi
put "$snippets/_generation.conf" 644 <"$back/new"
if ! nginx -t -q; then restore; stop "nginx refused the new files; they are gone again"; fi
if ! nginx -T 2>/dev/null | grep -F "# configuration file $snippets/_generation.conf:" >/dev/null; then
  restore
  echo "papergen setup: the site $(policy site) does not include the routes. Add this line inside its server block for" >&2
  echo "HTTPS, above its other locations, and run this again (papergen never edits your site's file):" >&2
  echo >&2
  echo "    include $snippets/*.conf;" >&2
  exit 4
fi
after=$(cat -- /etc/nginx/conf.d/papergen.conf "$snippets/_generation.conf" | sha256sum)
if [[ $before != "$after" ]]; then
  nginx -s reload || { restore; stop "nginx does not reload; is it running?"; }
  say "nginx reloaded"
fi
rm -rf -- "$back"`
