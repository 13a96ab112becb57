#!/busybox sh
# First program of the demo kernel. It is no Ubuntu Core: it looks at the seed it was started from, says on every
# console what it found, and powers off. The last line begins with IMPRINT-BOOT.
B=/busybox
$B mkdir -p /bin /proc /sys /dev /seed /snap
$B mount -t proc proc /proc
$B mount -t sysfs sysfs /sys
$B mount -t devtmpfs dev /dev
$B --install -s /bin
export PATH=/bin
exec </dev/null >/dev/console 2>&1
# Kernel messages would cut our lines in two on the serial console.
dmesg -n 1

say() {
  for tty in /dev/ttyS0 /dev/ttyAMA0 /dev/tty1; do
    [ ! -c "$tty" ] || { echo "$*" >"$tty"; } 2>/dev/null
  done
}

finish() {
  umount /seed 2>/dev/null
  say "IMPRINT-BOOT $*"
  say "Powering off in 20 seconds."
  sleep 20
  poweroff -f
}

bad() { finish "BAD $*"; }

argument() { tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1; }

header() { sed -n "1,/^\$/s/^$1: //p" "$2" | head -n 1; }

# Digest as assertions write it: base64 of the URL alphabet, without padding.
digest() {
  hex=$(sha3sum -a 384 "$1" | cut -d ' ' -f 1)
  # shellcheck disable=SC2059
  printf "$(echo "$hex" | sed 's/../\\x&/g')" | base64 | tr -d '\n=' | tr '+/' '-_'
}

# Is there a snap-revision in the seed that names this digest and this size?
asserted() {
  cat /seed/systems/"$label"/assertions/* | awk -v digest="$1" -v size="$2" '
    $1 == "type:" { type = $2; seen = "" }
    $1 == "snap-sha3-384:" { seen = $2 }
    $1 == "snap-size:" && type == "snap-revision" && seen == digest && $2 == size { found = 1 }
    END { exit !found }'
}

check() {
  snap=$1
  name=${snap##*/}
  size=$(stat -c %s "$snap")
  sum=$(digest "$snap")
  if asserted "$sum" "$size"; then
    word=asserted
  elif [ "$grade" = dangerous ] && [ "${snap#/seed/systems/}" != "$snap" ]; then
    word=unasserted
  else
    bad "$name of $size bytes with digest $sum has no snap-revision in the seed"
  fi
  mount -t squashfs -o ro,loop "$snap" /snap 2>/dev/null || bad "$name cannot be mounted"
  type=$(sed -n 's/^type: //p' /snap/meta/snap.yaml)
  title=$(sed -n 's/^name: //p' /snap/meta/snap.yaml)
  umount /snap
  say "snap $name ${type:-app} $size $sum $word"
  [ "$title" = "${name%_*}" ] || [ "$word" = unasserted ] || bad "$name holds a snap that calls itself $title"
  types="$types ${type:-app}"
  count=$((count + 1))
}

say ""
say "Imprint demo kernel: Linux $(uname -r), up after $(cut -d ' ' -f 1 /proc/uptime) s."
say "This demo checks the seed of its image and powers off. It is not Ubuntu Core."

while read -r module; do
  insmod "/$module" || say "module $module did not load"
done </modules

tries=0
until seed=$(findfs LABEL=ubuntu-seed 2>/dev/null) && [ -n "$seed" ]; do
  tries=$((tries + 1))
  [ $tries -lt 150 ] || bad "no partition is labelled ubuntu-seed"
  sleep 0.2
done
mount -t vfat -o ro "$seed" /seed || bad "$seed cannot be mounted"

mode=$(argument snapd_recovery_mode)
label=$(argument snapd_recovery_system)
say "seed $seed, mode ${mode:-not given}, system ${label:-not given}"
[ -n "$mode" ] || bad "the kernel was not told snapd_recovery_mode"
[ -n "$label" ] || bad "the kernel was not told snapd_recovery_system"
say "arguments $(cat /proc/cmdline)"
model=/seed/systems/$label/model
[ -f "$model" ] || bad "the seed has no systems/$label/model"
[ "$(header type "$model")" = model ] || bad "systems/$label/model is no model assertion"
for key in brand-id model display-name architecture base grade revision timestamp sign-key-sha3-384; do
  value=$(header "$key" "$model")
  [ -z "$value" ] || say "model $key: $value"
done
grade=$(header grade "$model")

count=0
types=""
for snap in /seed/snaps/*.snap /seed/systems/"$label"/snaps/*.snap; do
  [ ! -f "$snap" ] || check "$snap"
done
for type in snapd kernel base gadget; do
  case "$types " in *" $type "*) ;; *) bad "no snap of type $type is in the seed" ;; esac
done
finish "OK $count snaps"
