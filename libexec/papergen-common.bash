# shellcheck shell=bash
# What the two entry points share: policy, requests and answers, the lock, the undo journal, durable writes and templates.
# Sourced by absolute path from the program's own folder; does nothing by itself.

set -f -u
umask 022
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset BASH_ENV ENV CDPATH IFS
newline=$'\n'
id_shape='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
op_shape='[0-9]{17}-[a-z]{1,20}-[a-z0-9-]{1,80}'
begin_shape="^($op_shape) (publish|update|rollback|restart|unpublish|repair) ($id_shape) ([A-Za-z0-9._@-]{1,100})\$"
declare -A policy=()
op='' operation='' paper='' by='' since='' locked_by_us='' number='' words='' deadline=0 busy=0 terminated=0

# --- serving --------------------------------------------------------------------------------------------------------

# main ROLE WORD...: root's program runs once more, apart from whoever called.
main() {
  local here=${BASH_SOURCE[0]%/*}
  role=$1
  shift
  # No wait for a request has an end where bash reads from a file: it would hold the lock for as long as zeros come.
  [[ -p /dev/stdin || -S /dev/stdin ]] || die 'requests come through a pipe or a socket'
  if ((EUID == 0)) && [[ $* == serve ]]; then
    # Nothing of the caller's environment reaches a tool, whatever sudo keeps. At a socket bash would read root's .bashrc.
    # shellcheck disable=SC2016 # the inner shell expands its own words
    exec env -i LC_ALL=C PATH="$PATH" HOME=/root bash --norc -pc 'source "$1" && apart "$2"' - "$here/papergen-common.bash" "$here/papergen-$role"
  fi
  [[ $* == serve || $* == 'serve apart' ]] || die "usage: papergen-$role serve"
  serve
}

# apart PROGRAM: in a service of systemd's. The control group that whoever called can freeze, starve or kill, his limits, ignored
# signals, terminal and priority stay outside with him; so do his descriptors, because systemd and its bus get those of a service
# and close them, and at a file of his own file system that never ends. What relays the bytes is his to kill, and decides nothing.
apart() {
  local in said writer code
  # It ends with his input, and is not waited for: by then its number could be somebody else's.
  exec {in}< <(exec cat 2>/dev/null)
  exec {said}> >(exec cat >&2 {in}<&-)
  writer=$!
  systemd-run --quiet --pipe --wait --collect --description="${1##*/} serve" -- "$1" serve apart <&"$in" 2>&"$said" {in}<&- {said}>&- |
    cat {in}<&- {said}>&-
  code=${PIPESTATUS[0]}
  exec {in}<&- {said}>&-
  wait "$writer"
  exit "$code"
}

# Answers requests until the end of input, 45 s of silence, or TERM.
serve() {
  ((EUID)) || clear_environment
  where_am_i
  read_policy
  mkdir -p -- "$run" "$lib" || die "cannot make $run and $lib"
  # Whoever can open the lock's file can hold it.
  chmod 700 -- "$run" || die "cannot close $run to others"
  # Nobody need read what a tool says there: a full pipe would hold us for good.
  exec 2>/dev/null
  trap '' PIPE HUP INT
  trap on_term TERM
  # Whatever ends us, an error of our own among it, puts back what is not confirmed.
  trap 'busy=1; finish' EXIT
  recover
  local line
  while next_line; do
    busy=1
    handle "$line"
    busy=0
    ((terminated)) && exit 0
  done
  exit 0
}

# What systemd hands to every service among it: curl reads $HOME/.curlrc.
clear_environment() {
  local each
  for each in $(compgen -e); do [[ $each == LC_ALL || $each == PATH ]] || unset "$each"; done
  export HOME=/root
}

on_term() {
  terminated=1
  ((busy)) || exit 143
}

# The next whole line in `line`. Bytes that came before a timeout are kept; a partial line at the end is no request.
next_line() {
  local part='' began=$SECONDS code left
  line=''
  while :; do
    patience "$began"
    if ((left > 0)); then
      IFS= read -r -t "$left" -n 401 part
      code=$?
      line+=$part
      ((${#line} > 400)) && return 1
      # -n stops at 401 bytes or at the line's end; only a full buffer is no line.
      ((code == 0)) && return 0
      ((code <= 128)) && return 1
    fi
    ((deadline > 0 && SECONDS >= deadline)) && expire
    ((SECONDS - began >= 45)) && return 1
  done
}

# patience SINCE: in `left` the seconds to wait for who was last heard then, or until what is not confirmed goes back.
patience() {
  left=$((45 - (SECONDS - $1)))
  ((deadline > 0 && deadline - SECONDS < left)) && left=$((deadline - SECONDS))
  return 0
}

handle() {
  if [[ ! $1 =~ ^([0-9]{1,9})\ ([a-z-]{1,20})(\ ([A-Za-z0-9._@\ -]*))?$ ]]; then
    number=0
    no bad-request 'not a request'
    return
  fi
  # A verb that looks at its words has a BASH_REMATCH of its own.
  local verb=${BASH_REMATCH[2]}
  number=${BASH_REMATCH[1]} words=${BASH_REMATCH[4]}
  common_verb "$verb" || "${role}_verb" "$verb" || no bad-request 'unknown, or wrong words'
}

ok() { answer "$number ok ${#1}" "$1"; }
no() { answer "$number no $1 ${#2}" "$2"; }

# A reader that takes no more than a pipe holds would keep the lock for good, and every deadline waiting: after 30 s we end.
# Many small answers fill a pipe as well, so no answer is written but by a child with an end; it has no part in the lock.
answer() {
  printf '%s\n%s' "$1" "$2" 2>/dev/null 9>&- | timeout -k 1 30 cat 2>/dev/null 9>&- || terminated=1
  return 0
}

die() {
  printf 'papergen: %s\n' "$1" >&2
  exit 78
}

common_verb() {
  case "$1 ${words:+more}" in
    'hello ') ok "$(hello)$newline" ;;
    'ping ') ok '' ;;
    'holder ') ok "$(holder)" ;;
    'pending ') ok "$(pending)" ;;
    'exposure ') ok "$(exposure)" ;;
    'begin more' | 'resume more') [[ $words =~ $begin_shape ]] && take "$1" ;;
    'undo ') needs_lock && answer_undo ;;
    'end ') answer_end ;;
    *) return 1 ;;
  esac
}

hello() {
  printf 'program papergen-%s\nprotocol 1\n' "$role"
  local key
  for key in "${!policy[@]}"; do printf '%s %s\n' "$key" "${policy[$key]}"; done | sort
}

needs_lock() {
  [[ -n $op ]] && return 0
  no no-lock 'begin first'
  return 0
}

answer_undo() {
  [[ -n $op ]] || return 0
  local problem
  if problem=$(undo_all 2>&1); then
    deadline=0
    ok ''
  else
    no failed "$problem"
  fi
}

answer_end() {
  local problem
  if problem=$("${role}_may_end" 2>&1); then
    forget_operation
    ok ''
  else
    no failed "$problem"
  fi
}

# --- where things lie -------------------------------------------------------------------------------------------------

where_am_i() {
  # shellcheck disable=SC2034 # the programs read it
  share=${BASH_SOURCE[0]%/*}/../share/papergen
  if ((EUID == 0)); then
    conf=/etc/papergen/$role.conf run=/run/papergen lib=/var/lib/papergen/$role
  else
    conf=$HOME/.config/papergen/$role.conf run=${XDG_RUNTIME_DIR:-/run/user/$EUID}/papergen
    lib=$HOME/.local/share/papergen/$role
  fi
}

read_policy() {
  local key value
  [[ -f $conf ]] || die "no policy at $conf: run papergen setup $role --apply"
  if ((EUID == 0)) && [[ $(stat -c '%u %a' -- "$conf") != '0 '*[0145][0145] ]]; then die "$conf must be root's alone"; fi
  while read -r key value; do
    [[ $key =~ ^[a-z][a-z-]*$ ]] || continue
    [[ $value =~ ^[][A-Za-z0-9/_.@:\ +-]*$ && $value != */../* ]] || die "$conf: $key cannot be read"
    policy[$key]=$value
  done <"$conf"
}

# rooted FOLDER: nobody but root can put a link in the way of what is read and written there. Every part of the path as it
# is written and as it resolves; says which part is not.
rooted() {
  ((EUID == 0)) || return 0
  local real each part parts=() looked=0
  real=$(realpath -e -- "$1" 2>&1) || { printf '%s' "$real"; return 1; }
  for each in "$1" "$real"; do
    while [[ -n $each ]]; do
      parts+=("$each")
      each=${each%/*}
    done
  done
  while read -r each part; do
    looked=$((looked + 1))
    [[ $each == 0:*[0145][0145] ]] && continue
    printf '%s must belong to root and be writable for nobody else: chown root:root %s; chmod go-w %s' "$part" "$part" "$part"
    return 1
  done < <(stat -L -c '%u:%a %n' -- / "${parts[@]}")
  # What could not be looked at is not safe.
  ((looked == ${#parts[@]} + 1)) || { printf 'cannot look at every folder above %s' "$1"; return 1; }
}

ports_in_all() { echo $((${policy[ports]#* } - ${policy[ports]% *} + 1)); }

# is_full FOLDER NAMES: each port of the range has a file of ours there, so that no key writes them without an end.
is_full() {
  (($(find "$1" -maxdepth 1 -type f -name "$2" -exec head -qn 1 -- {} + | grep -ac '^# papergen 1 ') >= $(ports_in_all)))
}

# has_fewer FOLDER NUMBER: of files; one that is not there has none.
has_fewer() { (($(find "$1" -mindepth 1 -printf x 2>/dev/null | wc -c) < $2)); }

# A port of the policy's range. No regular expression: the caller still reads its own BASH_REMATCH.
in_range() {
  [[ $1 == [1-9]* && $1 != *[!0-9]* && ${#1} -le 5 ]] && (($1 >= ${policy[ports]% *} && $1 <= ${policy[ports]#* }))
}

# --- the lock -----------------------------------------------------------------------------------------------------------

# take begin|resume: the fields are those of begin_shape.
take() {
  local wanted=("${BASH_REMATCH[@]}") found
  [[ ${wanted[3]} != *--* ]] || return 1
  if [[ -n $op ]]; then
    no busy "$(holder)"
    return 0
  fi
  if ! grab; then
    no busy "$(holder)"
    return 0
  fi
  # A program killed while its child ran held the lock a moment longer than it lived: recovery at start was too early.
  [[ $role == edge ]] && undo_all >/dev/null 2>&1
  found=$(journal_line)
  if [[ -n $found && ( $1 == begin || ${found%% *} != "${wanted[1]}" ) ]]; then
    release
    no pending "$found"
    return 0
  fi
  if [[ $1 == begin ]] && ! "${role}_ready"; then
    release
    return 0
  fi
  op=${wanted[1]} operation=${wanted[2]} paper=${wanted[3]} by=${wanted[5]} since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  printf '%s %s %s %s' "$by" "$operation" "$paper" "$since" >"$run/holder"
  ok ''
}

# Waits a second: another program that asks who holds the lock has it for an instant.
grab() {
  exec 9>>"$run/lock" || return 1
  locked_by_us=yes
  flock -w 1 9 && return 0
  exec 9>&-
  locked_by_us=''
  return 1
}

release() {
  [[ -n $locked_by_us ]] || return 0
  rm -f -- "$run/holder"
  # A child that has it open too does not keep it.
  flock -u 9
  exec 9>&-
  locked_by_us=''
}

# Who holds the lock; a file left by a dead holder says nothing.
holder() {
  if [[ -z $locked_by_us ]] && flock -n "$run/lock" true 2>/dev/null; then return; fi
  [[ -f $run/holder ]] && printf '%s' "$(<"$run/holder")"
}

# --- the undo journal -----------------------------------------------------------------------------------------------------
# $lib/undo/operation says whose it is; every other file there is what lay on the host before the operation's first touch.

journal_line() { [[ -f $lib/undo/operation ]] && printf '%s' "$(<"$lib/undo/operation")"; }

pending() {
  [[ -n $op ]] && return
  if flock -n "$run/lock" true; then journal_line; fi
}

# remember NAME PATH: keeps the file as it is now, or that there is none; the first touch counts.
remember() {
  open_journal || return 1
  if is_remembered "$1"; then return 0; fi
  may_remember || return 1
  if [[ -e $2 ]]; then
    cp -p -- "$2" "$lib/undo/new" && sync -- "$lib/undo/new" && mv -T -- "$lib/undo/new" "$lib/undo/$1.was"
  else
    : >"$lib/undo/$1.none"
  fi && sync -- "$lib/undo"
}

is_remembered() { [[ -e $lib/undo/$1.was || -e $lib/undo/$1.none ]]; }

# An operation changes one paper. A journal of thousands would take an undo longer than anybody waits for it.
may_remember() { has_fewer "$lib/undo" 1000; }

open_journal() {
  [[ -d $lib/undo ]] && return 0
  rm -rf -- "$lib/undo.new"
  mkdir -m 700 -- "$lib/undo.new" &&
    printf '%s %s %s %s' "$op" "$operation" "$paper" "$since" >"$lib/undo.new/operation" &&
    sync -- "$lib/undo.new/operation" "$lib/undo.new" &&
    mv -T -- "$lib/undo.new" "$lib/undo" && sync -- "$lib"
}

# put_back NAME PATH: the file as remembered.
put_back() {
  local folder=${2%/*}
  if [[ -e $lib/undo/$1.was ]]; then
    cmp -s -- "$lib/undo/$1.was" "$2" && return 0
    in_room "$folder" copy_over "$lib/undo/$1.was" "$2"
  elif [[ -e $lib/undo/$1.none ]]; then
    rm -f -- "$2" && sync -- "$folder"
  fi
}

# copy_over FROM PATH: durable, with owner, mode and time.
copy_over() {
  local temp=${2%/*}/.papergen.tmp
  rm -f -- "$temp"
  if cp -p -- "$1" "$temp" && sync -- "$temp" && mv -T -- "$temp" "$2"; then
    sync -- "${2%/*}"
  else
    rm -f -- "$temp"
    return 1
  fi
}

# Room on a disk that fills up meanwhile: an operation that has begun must be able to put back what it changed. More than a unit,
# or a route and what all routes share, take; each file that replaces another leaves room for the next.
make_room() {
  local room
  room=$(changed_folder)/.papergen.room
  [[ ! -L $room ]] || return 1
  [[ ! -e $room ]] || return 0
  if head -c 8192 /dev/zero >"$room" && sync -- "$room"; then return 0; fi
  rm -f -- "$room"
  return 1
}

drop_room() { rm -f -- "$(changed_folder)/.papergen.room"; }

# in_room FOLDER COMMAND...: a command that fails there is tried again with the room that was kept.
in_room() {
  local room=$1/.papergen.room
  shift
  "$@" && return 0
  [[ -e $room ]] && rm -f -- "$room" && "$@"
}

# Names of what was remembered under a kind: `unit.` of `unit.attention.was`.
remembered() {
  local file
  [[ -d $lib/undo ]] || return 0
  while IFS= read -r file; do
    file=${file%.was} file=${file%.none}
    [[ $file == "$1".* ]] && printf '%s\n' "${file#"$1".}"
  done < <(ls -A -- "$lib/undo") | sort -ru
}

drop_journal() {
  drop_room
  # Renamed first: half a journal must never look like a whole one.
  [[ -d $lib/undo ]] || return 0
  rm -rf -- "$lib/undo.old"
  mv -T -- "$lib/undo" "$lib/undo.old" && sync -- "$lib" && rm -rf -- "$lib/undo.old"
}

forget_operation() {
  if [[ -n $op ]]; then
    drop_journal
    "${role}_ended"
    op='' deadline=0
    release
  fi
}

# --- how open this host is ------------------------------------------------------------------------------------------------

# Lines about what somebody other than root could change or do here: `loose UID:MODE PATH` and `looked-at NUMBER` of paths,
# `login-name NAME`, `login-shell PATH`, `login-group NAME`, `login-sudo more`, on the GPU host `filter some` or `filter none`. What cannot be told is left out.
exposure() {
  { own_files; "${role}_files"; } | with_real | loose
  ((EUID)) || login_can
  if [[ $role == gpu ]]; then packet_filter; fi
}

# The paths read, and where they lead.
with_real() {
  local paths
  paths=$(cat)
  printf '%s\n' "$paths"
  xargs -rd '\n' realpath -e -- <<<"$paths" 2>/dev/null
}

own_files() {
  local here=${BASH_SOURCE[0]%/*}
  printf '%s\n' "$here/papergen-common.bash" "$here/papergen-$role" "$conf" "$lib"
  find "${here%/*}/share/papergen" -name '*.template' 2>/dev/null
  ((EUID)) || printf '%s\n' "/etc/sudoers.d/papergen-$role"
}

# Of the paths read and all folders above them: what belongs to somebody else, or may be written by others than its owner.
loose() {
  local each path paths=() looked=0
  while IFS= read -r path; do
    for (( ; ${#path} > 0; )); do
      paths+=("$path")
      path=${path%/*}
    done
  done
  while read -r each path; do
    looked=$((looked + 1))
    [[ $each == 0:*[0145][0145] || $each == "$EUID":*[0145][0145] ]] || printf 'loose %s %s\n' "$each" "$path"
  done < <(printf '%s\0' "${paths[@]}" | sort -zu | xargs -0r stat -L -c '%u:%a %n' -- 2>/dev/null | sort -u)
  printf 'looked-at %s\n' "$looked"
}

# What the operator's login has besides the entry point.
login_can() {
  local who=${policy[operator]} each may
  printf 'login-name %s\nlogin-shell %s\n' "$who" "$(getent passwd "$who" | cut -d: -f7)"
  for each in $(id -nG -- "$who" 2>/dev/null); do
    case $each in
      # Each of them is root by a detour.
      root | sudo | wheel | admin | docker | lxd | incus-admin | libvirt | disk | shadow) printf 'login-group %s\n' "$each" ;;
    esac
  done
  may=$(timeout 5 sudo -n -l -U "$who" 2>/dev/null | grep -E '^    \(' |
    grep -vxE "    \\(root\\) NOPASSWD: /usr/local/libexec/papergen-(gpu|edge) serve")
  [[ -z $may ]] || echo 'login-sudo more'
}

# --- files --------------------------------------------------------------------------------------------------------------------

# write PATH TEXT [kept]: durable, follows no link. Ours and 0644; `kept` keeps owner and mode of what it replaces, which
# a file that nginx or systemd reads as root must never: its former owner could write it.
write() {
  [[ -L $1 ]] && return 1
  in_room "${1%/*}" write_over "$@"
}

write_over() {
  local temp=${1%/*}/.papergen.tmp
  rm -f -- "$temp"
  if [[ ${3-} == kept && -e $1 ]] && ! cp -p -- "$1" "$temp"; then
    rm -f -- "$temp"
    return 1
  fi
  if ! { printf '%s' "$2" >"$temp" && sync -- "$temp" && mv -T -- "$temp" "$1"; }; then
    rm -f -- "$temp"
    return 1
  fi
  sync -- "${1%/*}"
}

# slurp NAME PATH: the text with its last newlines; where a NUL ends it, it fails.
slurp() { ! IFS= read -r -d '' "$1" <"$2"; }

# fill TEXT_NAME KEY VALUE...: the template's places, in the order given; a value with free text comes last.
fill() {
  local -n filled=$1
  shift
  while (($# > 1)); do
    filled=${filled//"{{$1}}"/"$2"}
    shift 2
  done
}

# sign TEXT_NAME ID: the header line over the body.
sign() {
  local -n signed=$1
  local sum
  sum=$(printf '%s' "$signed" | sha256sum)
  signed="# papergen 1 $2 sha256:${sum%% *}$newline$signed"
}

# whose PATH ID: absent, mine (our header and id), theirs (our header with another id, or a link), or none (no header).
whose() {
  local first=''
  if [[ -L $1 ]]; then printf theirs; return; fi
  if [[ ! -e $1 ]]; then printf absent; return; fi
  if [[ ! -f $1 ]]; then printf theirs; return; fi
  IFS= read -r -n 200 first <"$1" || :
  if [[ ! $first =~ ^'# papergen 1 '([a-z0-9_-]+)' sha256:'[0-9a-f]{64}$ ]]; then printf none
  elif [[ ${BASH_REMATCH[1]} == "$2" ]]; then printf mine
  else printf theirs; fi
}
