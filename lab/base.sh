#!/bin/sh
# Runs inside the new root, in mount and pid namespaces of its own: everything both lab hosts share.
# Arguments: MARIMO (a pip requirement), then the Debian packages.
set -eu
marimo=$1
shift
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# No service may start while packages are set up: this is a folder, not a machine yet.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q update
apt-get -q install -y --no-install-recommends "$@"
apt-get -q clean
rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d

useradd --create-home --uid 1000 --shell /bin/bash son
usermod --append --groups systemd-journal son
install -d -o son -g son /home/son/prj /home/son/prj/thesis /home/son/prj/thesis/papers /home/son/prj/thesis/state
# shellcheck disable=SC2016 # $1 belongs to the inner shell
setpriv --reuid son --regid son --init-groups env HOME=/home/son PIP_NO_CACHE_DIR=1 sh -eu -c '
  python3 -m venv /home/son/prj/thesis/.venv
  /home/son/prj/thesis/.venv/bin/pip install --quiet "$1"
  /home/son/prj/thesis/.venv/bin/marimo --version' - "$marimo"

# Each host enables what it serves; nothing else may wake up in there.
for unit in ssh.service nginx.service certbot.timer apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer logrotate.timer; do
  systemctl disable "$unit" >/dev/null 2>&1 || true
done
systemctl mask console-getty.service getty.target systemd-networkd-wait-online.service >/dev/null 2>&1 || true
systemctl set-default multi-user.target >/dev/null 2>&1
mkdir -p /var/log/journal /opt/papergen
rm -rf /home/son/.cache
rm -f /etc/ssh/ssh_host_*_key* /etc/nginx/sites-enabled/default
: >/etc/machine-id
