package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/labels"
	internalapi "k8s.io/cri-api/pkg/apis"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/kubelet/pkg/cri/streaming"
)

// processRuntime runs containers as processes in namespaces of their own, on the files of this machine.
type processRuntime struct {
	settings   settings
	images     *images
	network    *network
	streams    streaming.Server
	mu         sync.Mutex
	sandboxes  map[string]*sandbox
	containers map[string]*container
}

var _ internalapi.RuntimeService = (*processRuntime)(nil)

func newProcessRuntime(s settings, i *images, n *network) *processRuntime {
	return &processRuntime{settings: s, images: i, network: n, sandboxes: map[string]*sandbox{}, containers: map[string]*container{}}
}

func (r *processRuntime) Version(context.Context, string) (*cri.VersionResponse, error) {
	return &cri.VersionResponse{Version: "0.1.0", RuntimeName: "processes", RuntimeVersion: "1.0.0", RuntimeApiVersion: "v1"}, nil
}

func (r *processRuntime) Status(context.Context, bool) (*cri.StatusResponse, error) {
	return &cri.StatusResponse{Status: &cri.RuntimeStatus{Conditions: []*cri.RuntimeCondition{
		{Type: cri.RuntimeReady, Status: true},
		{Type: cri.NetworkReady, Status: true},
	}}}, nil
}

func (r *processRuntime) ListPodSandbox(_ context.Context, f *cri.PodSandboxFilter) ([]*cri.PodSandbox, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*cri.PodSandbox
	for _, s := range r.sandboxes {
		fits := f == nil || (f.Id == "" || f.Id == s.id) && (f.State == nil || f.State.State == s.state()) && selects(f.LabelSelector, s.config.Labels)
		if fits {
			all = append(all, &cri.PodSandbox{
				Id: s.id, Metadata: s.config.Metadata, State: s.state(), CreatedAt: s.createdAt, Labels: s.config.Labels, Annotations: s.config.Annotations,
			})
		}
	}
	return all, nil
}

func (r *processRuntime) PodSandboxStatus(_ context.Context, id string, _ bool) (*cri.PodSandboxStatusResponse, error) {
	s, err := r.sandbox(id)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return &cri.PodSandboxStatusResponse{Status: &cri.PodSandboxStatus{
		Id: s.id, Metadata: s.config.Metadata, State: s.state(), CreatedAt: s.createdAt, Labels: s.config.Labels, Annotations: s.config.Annotations,
		Network: &cri.PodSandboxNetworkStatus{Ip: s.address},
		Linux:   &cri.LinuxPodSandboxStatus{Namespaces: &cri.Namespace{Options: s.config.GetLinux().GetSecurityContext().GetNamespaceOptions()}},
	}}, nil
}

func (r *processRuntime) ListContainers(_ context.Context, f *cri.ContainerFilter) ([]*cri.Container, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*cri.Container
	for _, c := range r.containers {
		fits := f == nil || (f.Id == "" || f.Id == c.id) && (f.PodSandboxId == "" || f.PodSandboxId == c.sandbox.id) &&
			(f.State == nil || f.State.State == c.state) && selects(f.LabelSelector, c.config.Labels)
		if fits {
			all = append(all, &cri.Container{
				Id: c.id, PodSandboxId: c.sandbox.id, Metadata: c.config.Metadata, Image: c.config.Image, ImageRef: c.config.Image.Image,
				ImageId: c.config.Image.Image, State: c.state, CreatedAt: c.createdAt, Labels: c.config.Labels, Annotations: c.config.Annotations,
			})
		}
	}
	return all, nil
}

func selects(selector, of map[string]string) bool {
	return labels.SelectorFromSet(selector).Matches(labels.Set(of))
}

func (r *processRuntime) ContainerStatus(_ context.Context, id string, _ bool) (*cri.ContainerStatusResponse, error) {
	c, err := r.container(id)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return &cri.ContainerStatusResponse{Status: &cri.ContainerStatus{
		Id: c.id, Metadata: c.config.Metadata, State: c.state, CreatedAt: c.createdAt, StartedAt: c.startedAt, FinishedAt: c.finishedAt,
		ExitCode: c.exitCode, Reason: c.reason, Image: c.config.Image, ImageRef: c.config.Image.Image, ImageId: c.config.Image.Image,
		Labels: c.config.Labels, Annotations: c.config.Annotations, Mounts: c.config.Mounts, LogPath: c.logPath,
	}}, nil
}

func (r *processRuntime) sandbox(id string) (*sandbox, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, there := r.sandboxes[id]; there {
		return s, nil
	}
	return nil, status.Errorf(codes.NotFound, "no sandbox %s", id)
}

func (r *processRuntime) container(id string) (*container, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, there := r.containers[id]; there {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "no container %s", id)
}

// What follows is asked for by a kubelet's further services: nothing is limited, measured or checkpointed here.

var errAbsent = errors.New("the test kubelet does not do this")

func (r *processRuntime) UpdateContainerResources(context.Context, string, *cri.ContainerResources) error {
	return nil
}
func (r *processRuntime) UpdateRuntimeConfig(context.Context, *cri.RuntimeConfig) error { return nil }
func (r *processRuntime) RuntimeConfig(context.Context) (*cri.RuntimeConfigResponse, error) {
	return &cri.RuntimeConfigResponse{}, nil
}
func (r *processRuntime) CheckpointContainer(context.Context, *cri.CheckpointContainerRequest) error {
	return errAbsent
}
func (r *processRuntime) GetContainerEvents(context.Context, chan *cri.ContainerEventResponse, func(cri.RuntimeService_GetContainerEventsClient)) error {
	return errAbsent
}
func (r *processRuntime) ContainerStats(context.Context, string) (*cri.ContainerStats, error) {
	return nil, errAbsent
}
func (r *processRuntime) ListContainerStats(context.Context, *cri.ContainerStatsFilter) ([]*cri.ContainerStats, error) {
	return nil, nil
}
func (r *processRuntime) PodSandboxStats(context.Context, string) (*cri.PodSandboxStats, error) {
	return nil, errAbsent
}
func (r *processRuntime) ListPodSandboxStats(context.Context, *cri.PodSandboxStatsFilter) ([]*cri.PodSandboxStats, error) {
	return nil, nil
}
func (r *processRuntime) ListMetricDescriptors(context.Context) ([]*cri.MetricDescriptor, error) {
	return nil, nil
}
func (r *processRuntime) ListPodSandboxMetrics(context.Context) ([]*cri.PodSandboxMetrics, error) {
	return nil, nil
}

func newID() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		panic(fmt.Sprint("no random numbers: ", err))
	}
	return hex.EncodeToString(bytes)
}
