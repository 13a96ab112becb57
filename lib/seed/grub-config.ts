import { utf8 } from '../bytes';
import { staticKernelArguments } from '../gadget/cmdline';

/** GRUB's own names of its images at the removable-media path. */
const IMAGES: Record<string, string> = { amd64: 'grubx64.efi', arm64: 'grubaa64.efi' };

/**
 * `EFI/ubuntu/grub.cfg` of the seed: the first thing that runs on the device. Its first line and its static kernel arguments are what snapd reads and
 * predicts (edition 2 of snapd's script); snapd replaces it once its own edition is higher. All paths are on the file system GRUB was started from.
 */
export function writeGrubConfig(architecture: string): Uint8Array {
  const args = staticKernelArguments(architecture).join(' ');
  const image = IMAGES[architecture] ?? IMAGES.amd64!;
  return utf8(`# Snapd-Boot-Config-Edition: 2

set default=0
set timeout=3
set timeout_style=hidden
set snapd_static_cmdline_args='${args}'

# Which system to start and how; a fresh device installs.
if [ -e /EFI/ubuntu/grubenv ]; then
    load_env --file /EFI/ubuntu/grubenv snapd_recovery_mode snapd_recovery_system
fi
if [ -z "$snapd_recovery_mode" ]; then
    set snapd_recovery_mode=install
fi

# The installed system, once there is one, brings its own boot loader.
search --no-floppy --set=installed --label ubuntu-boot
if [ -n "$installed" ]; then
    menuentry "Start the installed system" --hotkey=n --id=run "$installed" {
        set root="$2"
        chainloader /EFI/boot/${image}
    }
fi

set first_system=
for folder in /systems/*; do
    set label=
    regexp --set 1:label "/([a-z0-9](-?[a-z0-9])*)\\$" "$folder"
    set snapd_recovery_kernel=
    set snapd_extra_cmdline_args=
    set snapd_full_cmdline_args=
    if [ -n "$label" ]; then
        if [ -e "/systems/$label/grubenv" ]; then
            load_env --file "/systems/$label/grubenv" snapd_recovery_kernel snapd_extra_cmdline_args snapd_full_cmdline_args
        fi
    fi
    if [ -n "$snapd_recovery_kernel" ]; then
        if [ -z "$first_system" ]; then
            set first_system="$label"
        elif [ "$label" "<" "$first_system" ]; then
            set first_system="$label"
        fi
        if [ -n "$snapd_full_cmdline_args" ]; then
            set kernel_args="$snapd_full_cmdline_args"
        else
            set kernel_args="$snapd_static_cmdline_args $snapd_extra_cmdline_args"
        fi

        menuentry "Recover with the system $label" --hotkey=r "--id=recover-$label" "$snapd_recovery_kernel" "$label" "$kernel_args" {
            # Once only: the next start is the installed system again.
            set snapd_recovery_mode=run
            save_env --file /EFI/ubuntu/grubenv snapd_recovery_mode
            loopback loop "$2"
            if chainloader (loop)/kernel.efi snapd_recovery_mode=recover "snapd_recovery_system=$3" "$4"; then
                boot
            fi
            reboot
        }
        menuentry "Install the system $label" --hotkey=i "--id=install-$label" "$snapd_recovery_kernel" "$label" "$kernel_args" {
            loopback loop "$2"
            chainloader (loop)/kernel.efi snapd_recovery_mode=install "snapd_recovery_system=$3" "$4"
        }
        menuentry "Factory reset with the system $label" "--id=factory-reset-$label" "$snapd_recovery_kernel" "$label" "$kernel_args" {
            loopback loop "$2"
            chainloader (loop)/kernel.efi snapd_recovery_mode=factory-reset "snapd_recovery_system=$3" "$4"
        }
    fi
done

menuentry "Firmware setup" --hotkey=f --id=firmware {
    fwsetup
}

if [ -z "$snapd_recovery_system" ]; then
    set snapd_recovery_system="$first_system"
fi
if [ "$snapd_recovery_mode" = run ]; then
    set default=run
else
    set default="$snapd_recovery_mode-$snapd_recovery_system"
fi
`);
}
