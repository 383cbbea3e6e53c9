package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// enterContainer runs as the first process of new namespaces: it builds the container's root, gives up what the container may not have
// and becomes its program. It only returns where that failed.
func enterContainer(file string) error {
	goruntime.LockOSThread() // capabilities belong to a thread, and the thread that executes is the one that stays
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c confinement
	if err := json.Unmarshal(text, &c); err != nil {
		return err
	}
	steps := []func() error{c.alone, c.system, c.mount, c.devices, c.own, c.pivot, c.giveUp}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return c.become()
}

// alone keeps what is mounted here from everybody else.
func (c *confinement) alone() error {
	if err := unix.Sethostname([]byte(c.Hostname)); err != nil {
		return fmt.Errorf("host name: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	return bind(c.Root, c.Root, false)
}

// system makes the folders that every image has, and the same links as this machine has to its programs.
func (c *confinement) system() error {
	for path, mode := range map[string]os.FileMode{
		"/etc": 0o755, "/home": 0o755, "/proc": 0o555, "/root": 0o755, "/run": 0o755, "/sys": 0o555, "/dev": 0o755, "/tmp": 0o777 | os.ModeSticky,
		"/var": 0o755, "/var/tmp": 0o777 | os.ModeSticky, "/usr": 0o755,
	} {
		if err := os.MkdirAll(c.Root+path, 0o755); err != nil {
			return err
		}
		if err := os.Chmod(c.Root+path, mode); err != nil {
			return err
		}
	}
	for _, path := range []string{"/bin", "/sbin", "/lib", "/lib64", "/lib32"} {
		if target, err := os.Readlink(path); err == nil {
			if err := os.Symlink(target, c.Root+path); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		} else if _, err := os.Stat(path); err == nil {
			c.Mounts = append([]binding{{Source: path, Target: path, ReadOnly: true}}, c.Mounts...)
		}
	}
	for path, text := range c.Files {
		if err := os.WriteFile(c.Root+path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (c *confinement) mount() error { return c.bindings(true) }

// bindings mounts everything outside /dev first, and everything in it later.
func (c *confinement) bindings(first bool) error {
	for _, each := range c.Mounts {
		if strings.HasPrefix(each.Target, "/dev/") == first {
			continue // what lies there waits until there is a /dev
		}
		target := c.Root + each.Target
		if err := mountPoint(each.Source, target); err != nil {
			return fmt.Errorf("%s: no place to mount it: %w", each.Target, err)
		}
		if err := bind(each.Source, target, each.ReadOnly); err != nil {
			return fmt.Errorf("%s: %w", each.Target, err)
		}
	}
	return nil
}

// mountPoint makes a folder or a file to mount on, as the source is one or the other.
func mountPoint(source, target string) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.MkdirAll(target, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(target); err == nil {
		return nil
	}
	return os.WriteFile(target, nil, 0o644)
}

func bind(source, target string, readOnly bool) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount %s: %w", source, err)
	}
	if readOnly {
		return unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
	}
	return nil
}

// devices are a container's: nothing that is a disk or a terminal of the machine.
func (c *confinement) devices() error {
	if err := unix.Mount("proc", c.Root+"/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("/proc: %w", err)
	}
	if err := bind("/sys", c.Root+"/sys", true); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", c.Root+"/dev", "tmpfs", unix.MS_NOSUID, "mode=755,size=64k"); err != nil {
		return fmt.Errorf("/dev: %w", err)
	}
	for name, target := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(target, c.Root+"/dev/"+name); err != nil {
			return err
		}
	}
	all := []binding{}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		all = append(all, binding{Source: "/dev/" + name, Target: "/dev/" + name})
	}
	if !slices.ContainsFunc(c.Mounts, func(b binding) bool { return b.Target == "/dev/shm" }) {
		all = append(all, binding{Source: c.Shared, Target: "/dev/shm"})
	}
	c.Mounts = append(all, c.Mounts...)
	return c.bindings(false)
}

// own makes the user's folders, and lets the user open the standard streams by name.
func (c *confinement) own() error {
	for _, stream := range []int{1, 2} {
		if err := unix.Fchown(stream, int(c.User), int(c.Group)); err != nil {
			return err
		}
	}
	for _, path := range c.Directories {
		if c.covered(path) {
			continue // it is a volume's, and as the volume says
		}
		if err := os.MkdirAll(c.Root+path, 0o755); err != nil {
			return err
		}
		if err := os.Chown(c.Root+path, int(c.User), int(c.Group)); err != nil {
			return err
		}
	}
	return nil
}

// covered says whether something is mounted at the path, or above it.
func (c *confinement) covered(path string) bool {
	return slices.ContainsFunc(c.Mounts, func(b binding) bool { return b.Target == path || strings.HasPrefix(path, b.Target+"/") })
}

// pivot makes the root the only one: the old one is mounted over it and taken away.
func (c *confinement) pivot() error {
	if err := os.Chdir(c.Root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("old root: %w", err)
	}
	if c.ReadOnly {
		return unix.Mount("", "/", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
	}
	return nil
}

func (c *confinement) giveUp() error {
	for number := uintptr(0); number <= unix.CAP_LAST_CAP; number++ {
		if !slices.Contains(c.Capabilities, capabilityNames[number]) {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, number, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
				return fmt.Errorf("capability %d: %w", number, err)
			}
		}
	}
	groups := []int{int(c.Group)}
	for _, group := range c.Groups {
		groups = append(groups, int(group))
	}
	if err := syscall.Setgroups(groups); err != nil {
		return err
	}
	if err := syscall.Setgid(int(c.Group)); err != nil {
		return err
	}
	if err := syscall.Setuid(int(c.User)); err != nil {
		return err
	}
	if c.NoPrivileges {
		return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
	return nil
}

func (c *confinement) become() error {
	directory := c.Directory
	if directory == "" {
		directory = "/"
	}
	if err := os.Chdir(directory); err != nil {
		return fmt.Errorf("working directory: %w", err)
	}
	unix.Umask(0o022)
	program, err := c.program()
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", program, syscall.Exec(program, c.Arguments, c.Environment))
}

// program is the first argument, looked for on the container's PATH.
func (c *confinement) program() (string, error) {
	name := c.Arguments[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, each := range c.Environment {
		if path, is := strings.CutPrefix(each, "PATH="); is {
			for _, folder := range filepath.SplitList(path) {
				candidate := filepath.Join(folder, name)
				if info, err := os.Stat(candidate); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
					return candidate, nil
				}
			}
		}
	}
	return "", fmt.Errorf("%s: not found on the container's PATH", name)
}

// capabilityNames are in the kernel's order.
var capabilityNames = []string{
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
	"NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
	"SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL",
	"SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
}
