package main

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"time"

	cadvisorv1 "github.com/google/cadvisor/info/v1"
	cadvisorv2 "github.com/google/cadvisor/info/v2"
	noop "go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sys/unix"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	"k8s.io/kubernetes/pkg/kubelet"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	cadvisortest "k8s.io/kubernetes/pkg/kubelet/cadvisor/testing"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/server"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/kubernetes/pkg/util/oom"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/downwardapi"
	"k8s.io/kubernetes/pkg/volume/emptydir"
	"k8s.io/kubernetes/pkg/volume/hostpath"
	"k8s.io/kubernetes/pkg/volume/projected"
	"k8s.io/kubernetes/pkg/volume/secret"
	"k8s.io/kubernetes/pkg/volume/util/hostutil"
	"k8s.io/kubernetes/pkg/volume/util/subpath"
	"k8s.io/mount-utils"
)

// runNode plays a node until the process is killed.
func runNode(s settings) error {
	client, config, err := s.client()
	if err != nil {
		return err
	}
	images, err := readImages(s.images, s.variables)
	if err != nil {
		return err
	}
	ctx := context.Background()
	network := newNetwork(s)
	go network.follow(ctx, client)
	runtime := newProcessRuntime(s, images, network)
	if err := runtime.serveStreams(); err != nil {
		return err
	}
	kubeServer, err := s.kubelet()
	if err != nil {
		return err
	}
	dependencies := s.dependencies(client, config)
	dependencies.RemoteRuntimeService = runtime
	dependencies.RemoteImageService = images
	if err := kubeletapp.RunKubelet(ctx, kubeServer, dependencies); err != nil {
		return err
	}
	select {}
}

// kubelet is the real kubelet's configuration, less what would touch the machine: its cgroups, its sysctls, evictions.
func (s settings) kubelet() (*options.KubeletServer, error) {
	flags := options.NewKubeletFlags()
	flags.RootDirectory = filepath.Join(s.directory, "kubelet")
	flags.HostnameOverride = s.name
	flags.NodeIP = s.address
	flags.NodeLabels = s.labels
	c, err := options.NewKubeletConfiguration()
	if err != nil {
		return nil, err
	}
	c.EnableServer = true
	c.Address = s.address
	c.Port = 10250
	c.ReadOnlyPort = 0
	c.HealthzPort = 0
	c.PodLogsDir = filepath.Join(s.directory, "logs")
	c.ClusterDomain = "cluster.local"
	c.ClusterDNS = []string{"127.0.0.1"} // nobody asks it: names are those of the file of hosts
	c.NodeLeaseDurationSeconds = int32(s.heartbeat)
	c.NodeStatusUpdateFrequency.Duration = time.Duration(s.heartbeat) * time.Second / 4
	c.EvictionHard = map[string]string{}
	c.CgroupsPerQOS = false
	c.EnforceNodeAllocatable = nil
	c.EnableControllerAttachDetach = false
	c.FailSwapOn = false
	c.ResolverConfig = ""
	c.ConfigMapAndSecretChangeDetectionStrategy = kubeletconfig.WatchChangeDetectionStrategy
	c.ContainerRuntimeEndpoint = "in this process"
	return &options.KubeletServer{KubeletFlags: *flags, KubeletConfiguration: *c}, nil
}

// dependencies are the real kubelet's, but for what measures and divides a machine: the machine is shared by all nodes.
func (s settings) dependencies(client *clientset.Clientset, config *rest.Config) *kubelet.Dependencies {
	mounter := mount.New("")
	d := &kubelet.Dependencies{
		KubeClient:                client,
		HeartbeatClient:           client,
		EventClient:               client.CoreV1(),
		CAdvisorInterface:         machine{&cadvisortest.Fake{NodeName: s.name}, s},
		ContainerManager:          noCgroups{cm.NewStubContainerManager(), s},
		OSInterface:               kubecontainer.RealOS{},
		OOMAdjuster:               oom.NewFakeOOMAdjuster(),
		Mounter:                   mounter,
		Subpather:                 subpath.New(mounter),
		HostUtil:                  hostutil.NewHostUtil(),
		PodStartupLatencyTracker:  kubeletutil.NewPodStartupLatencyTracker(),
		NodeStartupLatencyTracker: kubeletutil.NewNodeStartupLatencyTracker(),
		TracerProvider:            noop.NewTracerProvider(),
		VolumePlugins:             plugins(),
	}
	if _, err := os.Stat("/dev/kmsg"); err != nil {
		d.Recorder = &record.FakeRecorder{} // the real recorder comes with a reader of the kernel's log
	}
	if s.cert != "" {
		d.TLSOptions = &server.TLSOptions{Config: &tls.Config{MinVersion: tls.VersionTLS12}, CertFile: s.cert, KeyFile: s.key}
	}
	return d
}

func plugins() []volume.VolumePlugin {
	var all []volume.VolumePlugin
	all = append(all, emptydir.ProbeVolumePlugins()...)
	all = append(all, configmap.ProbeVolumePlugins()...)
	all = append(all, secret.ProbeVolumePlugins()...)
	all = append(all, projected.ProbeVolumePlugins()...)
	all = append(all, downwardapi.ProbeVolumePlugins()...)
	return append(all, hostpath.ProbeVolumePlugins(volume.VolumeConfig{})...)
}

// machine tells the sizes that the settings name instead of measuring the one machine under all nodes.
type machine struct {
	*cadvisortest.Fake
	settings settings
}

func (m machine) MachineInfo() (*cadvisorv1.MachineInfo, error) {
	return &cadvisorv1.MachineInfo{
		NumCores:       m.settings.cores,
		MemoryCapacity: m.settings.memoryMiB << 20,
		MachineID:      m.settings.name,
		SystemUUID:     m.settings.name,
		BootID:         m.settings.name,
	}, nil
}

func (m machine) VersionInfo() (*cadvisorv1.VersionInfo, error) {
	var system unix.Utsname
	if err := unix.Uname(&system); err != nil {
		return nil, err
	}
	return &cadvisorv1.VersionInfo{KernelVersion: unix.ByteSliceToString(system.Release[:]), ContainerOsVersion: "processes of one machine"}, nil
}

func (m machine) ImagesFsInfo(ctx context.Context) (cadvisorv2.FsInfo, error) { return m.RootFsInfo() }

func (m machine) RootFsInfo() (cadvisorv2.FsInfo, error) {
	return cadvisorv2.FsInfo{Capacity: disk, Available: disk}, nil
}

const disk = 100 << 30

// noCgroups limits nothing and owns the resources that the settings name.
type noCgroups struct {
	cm.ContainerManager
	settings settings
}

func (n noCgroups) GetCapacity(bool) v1.ResourceList {
	return v1.ResourceList{v1.ResourceEphemeralStorage: *resource.NewQuantity(disk, resource.BinarySI)}
}

func (n noCgroups) GetDevicePluginResourceCapacity() (v1.ResourceList, v1.ResourceList, []string) {
	all := v1.ResourceList{}
	for name, count := range n.settings.resources {
		all[v1.ResourceName(name)] = resource.MustParse(count)
	}
	return all, all, nil
}
