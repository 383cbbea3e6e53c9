package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// container is a process, the first of a process namespace: what it started ends with it.
type container struct {
	id         string
	sandbox    *sandbox
	config     *cri.ContainerConfig
	confined   confinement
	directory  string
	logPath    string
	log        *log
	state      cri.ContainerState
	createdAt  int64
	startedAt  int64
	finishedAt int64
	exitCode   int32
	reason     string
	process    *os.Process
	ended      chan struct{}
}

func (r *processRuntime) CreateContainer(_ context.Context, sandboxID string, config *cri.ContainerConfig, _ *cri.PodSandboxConfig) (string, error) {
	s, err := r.sandbox(sandboxID)
	if err != nil {
		return "", err
	}
	found, err := r.images.find(config.Image.Image)
	if err != nil {
		return "", err
	}
	c := &container{id: newID(), sandbox: s, config: config, createdAt: time.Now().UnixNano(), ended: make(chan struct{})}
	c.directory = filepath.Join(r.settings.directory, "containers", c.id[:12])
	c.logPath = filepath.Join(s.config.LogDirectory, config.LogPath)
	if c.confined, err = c.confine(found, r.network); err != nil {
		return "", err
	}
	if err := os.MkdirAll(c.confined.Root, 0o755); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.containers[c.id] = c
	return c.id, nil
}

func (r *processRuntime) StartContainer(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	log, err := openLog(c.logPath)
	if err != nil {
		return err
	}
	c.log = log
	command, err := c.command()
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = log.stream("stdout"), log.stream("stderr")
	if err := startInNetwork(command, c.sandbox.namespace); err != nil {
		return err
	}
	r.mu.Lock()
	c.state, c.startedAt, c.process = cri.ContainerState_CONTAINER_RUNNING, time.Now().UnixNano(), command.Process
	r.mu.Unlock()
	go func() {
		_ = command.Wait() // how it ended is read below
		log.close()
		r.mu.Lock()
		defer r.mu.Unlock()
		c.end(command.ProcessState.Sys().(syscall.WaitStatus))
	}()
	return os.WriteFile(filepath.Join(c.directory, "pid"), fmt.Appendln(nil, command.Process.Pid), 0o644)
}

// command is this program again, in new namespaces; it confines itself and becomes the container's own program.
func (c *container) command() (*exec.Cmd, error) {
	text, err := json.Marshal(c.confined)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(c.directory, "confinement.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(self, "container", file)
	command.Env = []string{}
	command.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
	}
	return command, nil
}

// startInNetwork forks from a thread that is in the network namespace: a child is born where its parent's thread is.
func startInNetwork(command *exec.Cmd, namespace string) error {
	if namespace == "" {
		return command.Start()
	}
	result := make(chan error)
	go func() {
		goruntime.LockOSThread() // and never unlocked: the thread ends with this goroutine, and no other one finds itself in the namespace
		file, err := os.Open(filepath.Join("/run/netns", namespace))
		if err == nil {
			err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)
			_ = file.Close()
		}
		if err == nil {
			err = command.Start()
		}
		result <- err
	}()
	return <-result
}

// end records how the process ended, in a shell's numbers: 128 and the signal.
func (c *container) end(how syscall.WaitStatus) {
	c.state, c.finishedAt = cri.ContainerState_CONTAINER_EXITED, time.Now().UnixNano()
	c.exitCode, c.reason = int32(how.ExitStatus()), "Error"
	if how.Signaled() {
		c.exitCode = 128 + int32(how.Signal())
	}
	if c.exitCode == 0 {
		c.reason = "Completed"
	}
	close(c.ended)
}

func (r *processRuntime) StopContainer(_ context.Context, id string, timeout int64) error {
	c, err := r.container(id)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	running, process := c.state == cri.ContainerState_CONTAINER_RUNNING, c.process
	r.mu.Unlock()
	if !running {
		return nil
	}
	if timeout > 0 {
		_ = process.Signal(unix.SIGTERM)
		select {
		case <-c.ended:
			return nil
		case <-time.After(time.Duration(timeout) * time.Second):
		}
	}
	_ = process.Kill()
	select {
	case <-c.ended:
		return nil
	case <-time.After(20 * time.Second):
		return fmt.Errorf("container %s did not end when it was killed", id)
	}
}

func (r *processRuntime) ReopenContainerLog(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	return c.log.reopen()
}

func (r *processRuntime) RemoveContainer(ctx context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return nil
	}
	if err := r.StopContainer(ctx, id, 0); err != nil {
		return err
	}
	r.mu.Lock()
	delete(r.containers, id)
	r.mu.Unlock()
	return os.RemoveAll(c.directory)
}
