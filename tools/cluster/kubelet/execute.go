package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"k8s.io/client-go/tools/remotecommand"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	remote "k8s.io/cri-client/pkg"
	"k8s.io/kubelet/pkg/cri/streaming"
	utilexec "k8s.io/utils/exec"
)

// inside is a command that runs beside a container's process, as the same user.
func (r *processRuntime) inside(ctx context.Context, id string, arguments []string) (*exec.Cmd, error) {
	c, err := r.container(id)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.state != cri.ContainerState_CONTAINER_RUNNING {
		return nil, fmt.Errorf("container %s does not run", c.id)
	}
	options := []string{
		"--target", strconv.Itoa(c.process.Pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd",
		"--setuid", strconv.FormatInt(c.confined.User, 10), "--setgid", strconv.FormatInt(c.confined.Group, 10), "--",
	}
	command := exec.CommandContext(ctx, "nsenter", append(options, arguments...)...)
	command.Env = c.confined.Environment
	command.WaitDelay = time.Second // what the command left running may hold its pipes open
	return command, nil
}

func (r *processRuntime) ExecSync(ctx context.Context, id string, arguments []string, timeout time.Duration) ([]byte, []byte, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	command, err := r.inside(ctx, id, arguments)
	if err != nil {
		return nil, nil, err
	}
	var out, errors bytes.Buffer
	command.Stdout, command.Stderr = &out, &errors
	err = command.Run()
	if ctx.Err() == context.DeadlineExceeded {
		return nil, nil, fmt.Errorf("%w: %q after %s", remote.ErrCommandTimedOut, arguments, timeout)
	}
	return out.Bytes(), errors.Bytes(), exitCode(err)
}

// exitCode is a command's failure in the kubelet's form.
func exitCode(err error) error {
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return utilexec.CodeExitError{Err: err, Code: failed.ExitCode()}
	}
	return err
}

// serveStreams answers `kubectl exec` and `kubectl port-forward`, to which the kubelet hands an address of ours.
func (r *processRuntime) serveStreams() error {
	listener, err := net.Listen("tcp", net.JoinHostPort(r.settings.address, "0"))
	if err != nil {
		return err
	}
	config := streaming.DefaultConfig
	config.Addr = listener.Addr().String()
	if r.streams, err = streaming.NewServer(config, streams{r}); err != nil {
		return err
	}
	go func() { _ = http.Serve(listener, r.streams) }()
	return nil
}

func (r *processRuntime) Exec(_ context.Context, request *cri.ExecRequest) (*cri.ExecResponse, error) {
	return r.streams.GetExec(request)
}

func (r *processRuntime) Attach(context.Context, *cri.AttachRequest) (*cri.AttachResponse, error) {
	return nil, errAbsent
}

func (r *processRuntime) PortForward(_ context.Context, request *cri.PortForwardRequest) (*cri.PortForwardResponse, error) {
	return r.streams.GetPortForward(request)
}

// streams are the server's questions to the runtime.
type streams struct{ runtime *processRuntime }

func (s streams) Exec(ctx context.Context, id string, arguments []string, in io.Reader, out, errors io.WriteCloser, tty bool, _ <-chan remotecommand.TerminalSize) error {
	if tty {
		return fmt.Errorf("the test kubelet has no terminals: leave out --tty")
	}
	command, err := s.runtime.inside(ctx, id, arguments)
	if err != nil {
		return err
	}
	command.Stdin, command.Stdout, command.Stderr = in, out, errors
	return exitCode(command.Run())
}

func (s streams) Attach(context.Context, string, io.Reader, io.WriteCloser, io.WriteCloser, bool, <-chan remotecommand.TerminalSize) error {
	return errAbsent
}

// PortForward reaches the pod by its address: what listens on its loopback alone is not reached.
func (s streams) PortForward(_ context.Context, id string, port int32, stream io.ReadWriteCloser) error {
	sandbox, err := s.runtime.sandbox(id)
	if err != nil {
		return err
	}
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(sandbox.address, strconv.Itoa(int(port))), 10*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	go func() {
		_, _ = io.Copy(connection, stream)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	_, err = io.Copy(stream, connection)
	return err
}
