package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// confinement is what a container's first process needs to know before it becomes the container's program.
type confinement struct {
	Root         string
	Hostname     string
	Shared       string // what /dev/shm is
	Files        map[string]string
	Mounts       []binding // parents before what lies in them
	Directories  []string  // the user's own
	Environment  []string
	Arguments    []string
	Directory    string
	User         int64
	Group        int64
	Groups       []int64
	ReadOnly     bool
	NoPrivileges bool // none are gained by what is executed
	Capabilities []string
}

// binding shows a path of this machine in the container.
type binding struct {
	Source   string
	Target   string
	ReadOnly bool
}

// granted are the capabilities of a container that asks for nothing else, as other runtimes have them.
var granted = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP",
	"SETUID", "SYS_CHROOT",
}

// ofEtc are the parts of this machine's /etc that are no person's and no host's.
var ofEtc = []string{
	"alternatives", "ca-certificates", "debian_version", "fonts", "java*", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types",
	"os-release", "protocols", "services", "ssl", "timezone",
}

// confine works out a container's surroundings from its image and from what the kubelet wants.
func (c *container) confine(from image, n *network) (confinement, error) {
	security := c.config.GetLinux().GetSecurityContext()
	if security.GetPrivileged() {
		return confinement{}, fmt.Errorf("container %s is privileged, which the test kubelet does not offer", c.config.Metadata.Name)
	}
	spec := confinement{
		Root:         filepath.Join(c.directory, "root"),
		Hostname:     c.sandbox.config.Hostname,
		Shared:       c.sandbox.shared(),
		Directories:  from.Directories,
		Directory:    c.config.WorkingDir,
		User:         from.User.ID,
		Group:        from.User.Group,
		Groups:       security.GetSupplementalGroups(),
		ReadOnly:     security.GetReadonlyRootfs(),
		NoPrivileges: security.GetNoNewPrivs(),
		Capabilities: capabilities(security.GetCapabilities()),
	}
	if spec.Hostname == "" {
		spec.Hostname, _ = os.Hostname()
	}
	if id := security.GetRunAsUser(); id != nil && id.Value != spec.User {
		spec.User, spec.Group = id.Value, 0
	}
	if id := security.GetRunAsGroup(); id != nil {
		spec.Group = id.Value
	}
	if spec.Directory == "" {
		spec.Directory = from.WorkingDirectory
	}
	spec.Arguments = arguments(from, c.config)
	if len(spec.Arguments) == 0 {
		return confinement{}, fmt.Errorf("container %s names no command, and neither does its image", c.config.Metadata.Name)
	}
	spec.Environment = environment(from, spec, c.config.Envs)
	spec.Files = c.files(from)
	spec.Mounts = c.mounts(from, n)
	return spec, nil
}

func capabilities(asked *cri.Capability) []string {
	all := slices.Clone(granted)
	for _, each := range asked.GetAddCapabilities() {
		all = append(all, strings.TrimPrefix(each, "CAP_"))
	}
	dropped := asked.GetDropCapabilities()
	if slices.Contains(dropped, "ALL") {
		all = nil
		for _, each := range asked.GetAddCapabilities() {
			all = append(all, strings.TrimPrefix(each, "CAP_"))
		}
	}
	return slices.DeleteFunc(all, func(each string) bool {
		return slices.Contains(dropped, each) || slices.Contains(dropped, "CAP_"+each)
	})
}

// arguments are the pod's, else the image's; a command of the pod also takes the place of the image's arguments.
func arguments(from image, config *cri.ContainerConfig) []string {
	command, following := config.Command, config.Args
	if len(command) == 0 {
		command = from.Entrypoint
		if len(following) == 0 {
			following = from.Command
		}
	}
	return append(slices.Clone(command), following...)
}

func environment(from image, spec confinement, asked []*cri.KeyValue) []string {
	values := map[string]string{
		"PATH":     "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOSTNAME": spec.Hostname,
		"HOME":     "/",
	}
	if spec.User == from.User.ID && from.User.Home != "" {
		values["HOME"] = from.User.Home
	}
	if spec.User == 0 {
		values["HOME"] = "/root"
	}
	for name, value := range from.Environment {
		values[name] = value
	}
	for _, each := range asked {
		values[each.Key] = each.Value
	}
	var all []string
	for name, value := range values {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	return all
}

// files are those of /etc that a container has of its own.
func (c *container) files(from image) map[string]string {
	users := "root:x:0:0:root:/root:/bin/bash\n"
	if from.User.ID != 0 {
		users += fmt.Sprintf("%s:x:%d:%d::%s:/bin/bash\n", from.User.Name, from.User.ID, from.User.Group, from.User.Home)
	}
	dns := c.sandbox.config.GetDnsConfig()
	resolver := ""
	if len(dns.GetSearches()) > 0 {
		resolver = "search " + strings.Join(dns.Searches, " ") + "\n"
	}
	return map[string]string{
		"/etc/passwd":        users + "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
		"/etc/group":         fmt.Sprintf("root:x:0:\nusers:x:100:\nimage:x:%d:\nnogroup:x:65534:\n", from.User.Group),
		"/etc/hostname":      c.sandbox.config.Hostname + "\n",
		"/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n", // names are those of the file of hosts, which the network keeps
		"/etc/resolv.conf":   resolver,
	}
}

// mounts are, parents first: this machine's programs, what the image has, then what the pod wants.
func (c *container) mounts(from image, n *network) []binding {
	all := []binding{{Source: "/usr", Target: "/usr", ReadOnly: true}}
	for _, pattern := range ofEtc {
		found, _ := filepath.Glob(filepath.Join("/etc", pattern))
		for _, path := range found {
			all = append(all, binding{Source: path, Target: path, ReadOnly: true})
		}
	}
	for target, source := range from.Mounts {
		all = append(all, binding{Source: source, Target: target, ReadOnly: true})
	}
	for _, each := range c.config.Mounts {
		if each.ContainerPath == "/etc/hosts" {
			n.begin(c.sandbox, each.HostPath)
			continue
		}
		all = append(all, binding{Source: each.HostPath, Target: filepath.Clean(each.ContainerPath), ReadOnly: each.Readonly})
	}
	all = append(all, binding{Source: c.sandbox.hosts(), Target: "/etc/hosts", ReadOnly: true})
	slices.SortStableFunc(all, func(a, b binding) int { return strings.Count(a.Target, "/") - strings.Count(b.Target, "/") })
	return all
}
