package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// sandbox is what the containers of a pod share: a network namespace with the pod's address, and /dev/shm.
type sandbox struct {
	id        string
	config    *cri.PodSandboxConfig
	createdAt int64
	ready     bool
	address   string
	namespace string // of the network; empty where the pod shares the machine's
	directory string
}

func (s *sandbox) state() cri.PodSandboxState {
	if s.ready {
		return cri.PodSandboxState_SANDBOX_READY
	}
	return cri.PodSandboxState_SANDBOX_NOTREADY
}

func (s *sandbox) shared() string { return filepath.Join(s.directory, "shm") }
func (s *sandbox) hosts() string  { return filepath.Join(s.directory, "hosts") }

func (r *processRuntime) RunPodSandbox(_ context.Context, config *cri.PodSandboxConfig, _ string) (string, error) {
	s := &sandbox{id: newID(), config: config, createdAt: time.Now().UnixNano()}
	s.directory = filepath.Join(r.settings.directory, "sandboxes", s.id[:12])
	if err := os.MkdirAll(s.shared(), 0o755); err != nil {
		return "", err
	}
	if err := unix.Mount("shm", s.shared(), "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777,size=64m"); err != nil {
		return "", fmt.Errorf("/dev/shm: %w", err)
	}
	if config.GetLinux().GetSecurityContext().GetNamespaceOptions().GetNetwork() == cri.NamespaceMode_NODE {
		s.address = r.settings.address
	} else if err := r.connect(s); err != nil {
		return "", err
	}
	r.mu.Lock()
	s.ready = true
	r.sandboxes[s.id] = s
	r.mu.Unlock()
	return s.id, r.network.add(s)
}

// connect makes the pod's network namespace: one end of a pair in it as eth0, the other on the bridge.
func (r *processRuntime) connect(s *sandbox) error {
	s.namespace = fmt.Sprintf("%s-%s", r.settings.name, s.id[:8])
	address, err := r.freeAddress()
	if err != nil {
		return err
	}
	s.address = address
	gateway, err := netip.ParsePrefix(r.settings.gateway)
	if err != nil {
		return err
	}
	outer := "v" + s.id[:12]
	if err := ip(nil,
		"netns add "+s.namespace,
		fmt.Sprintf("link add %s type veth peer name eth0 netns %s", outer, s.namespace),
		fmt.Sprintf("link set %s master %s up", outer, r.settings.bridge)); err != nil {
		return err
	}
	return ip([]string{"-netns", s.namespace},
		"link set lo up",
		fmt.Sprintf("address add %s/%d dev eth0", address, gateway.Bits()),
		"link set eth0 up",
		"route add default via "+gateway.Addr().String())
}

// ip carries out commands of the program of that name, in one process.
func ip(options []string, commands ...string) error {
	command := exec.Command("ip", append(options, "-batch", "-")...)
	command.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(commands, "; "), err, output)
	}
	return nil
}

// freeAddress goes round the node's network, so that an address that was just given back is not the next one.
func (r *processRuntime) freeAddress() (string, error) {
	prefix, err := netip.ParsePrefix(r.settings.network)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	used := map[string]bool{}
	for _, s := range r.sandboxes {
		used[s.address] = s.ready
	}
	for range 1 << (32 - prefix.Bits()) {
		if !r.network.next.IsValid() || !prefix.Contains(r.network.next.Next()) {
			r.network.next = prefix.Addr().Next()
		}
		r.network.next = r.network.next.Next()
		if prefix.Contains(r.network.next) && !used[r.network.next.String()] {
			return r.network.next.String(), nil
		}
	}
	return "", fmt.Errorf("no address is free in %s", r.settings.network)
}

func (r *processRuntime) StopPodSandbox(ctx context.Context, id string) error {
	s, err := r.sandbox(id)
	if err != nil {
		return nil // it is gone, which is what was asked for
	}
	for _, c := range r.containersOf(s) {
		if err := r.StopContainer(ctx, c.id, 0); err != nil {
			return err
		}
	}
	r.mu.Lock()
	wasReady := s.ready
	s.ready = false
	r.mu.Unlock()
	if !wasReady {
		return nil
	}
	r.network.remove(s)
	if s.namespace != "" {
		if err := ip(nil, "netns delete "+s.namespace); err != nil {
			return err
		}
	}
	return unix.Unmount(s.shared(), unix.MNT_DETACH)
}

func (r *processRuntime) RemovePodSandbox(ctx context.Context, id string) error {
	s, err := r.sandbox(id)
	if err != nil {
		return nil
	}
	if err := r.StopPodSandbox(ctx, id); err != nil {
		return err
	}
	for _, c := range r.containersOf(s) {
		if err := r.RemoveContainer(ctx, c.id); err != nil {
			return err
		}
	}
	r.mu.Lock()
	delete(r.sandboxes, id)
	r.mu.Unlock()
	return os.RemoveAll(s.directory)
}

func (r *processRuntime) containersOf(s *sandbox) []*container {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*container
	for _, c := range r.containers {
		if c.sandbox == s {
			all = append(all, c)
		}
	}
	return all
}
