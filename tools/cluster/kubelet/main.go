// A test kubelet: the real kubelet's code over a container runtime that has no containers, only processes in namespaces.
//
//	test-kubelet node --name NODE …   plays one node
//	test-kubelet volumes …            gives every claim of the class "directory" a folder
//	test-kubelet container FILE       is what the first becomes inside a container's namespaces
//
// README.md of the folder above says what it is and what it is not.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// settings says which node this is, what it has and where its files lie.
type settings struct {
	name       string
	address    string // of the node, on the bridge
	network    string // of its pods, a CIDR inside the bridge's
	bridge     string
	gateway    string // the bridge's own address and prefix length
	services   string // the CIDR of ClusterIPs
	directory  string // of this node; nothing of it outlives the node
	kubeconfig string
	images     string // the file that maps images
	variables  pairs  // what its ${…} stand for
	labels     pairs
	resources  pairs // beside those of the machine, e.g. nvidia.com/gpu
	cores      int
	memoryMiB  uint64
	heartbeat  int // seconds for which a lease holds
	key        string
	cert       string
}

func main() {
	if len(os.Args) < 2 {
		exit(fmt.Errorf("usage: test-kubelet node|volumes|container …"))
	}
	switch os.Args[1] {
	case "node":
		exit(runNode(parse(os.Args[2:])))
	case "volumes":
		exit(provideVolumes(parse(os.Args[2:])))
	case "container":
		exit(enterContainer(os.Args[2]))
	default:
		exit(fmt.Errorf("%s is no command of the test kubelet", os.Args[1]))
	}
}

func parse(arguments []string) settings {
	s := settings{variables: pairs{}, labels: pairs{}, resources: pairs{}}
	flags := flag.NewFlagSet("test-kubelet", flag.ExitOnError)
	flags.StringVar(&s.name, "name", "", "name of the node")
	flags.StringVar(&s.address, "address", "", "address of the node, one of the bridge's")
	flags.StringVar(&s.network, "network", "", "network of the node's pods, as CIDR")
	flags.StringVar(&s.bridge, "bridge", "rlhf0", "bridge that joins the pods")
	flags.StringVar(&s.gateway, "gateway", "", "address of the bridge, with its prefix length")
	flags.StringVar(&s.services, "services", "", "network of the services' addresses, as CIDR")
	flags.StringVar(&s.directory, "directory", "", "folder for the node's files, or for the volumes")
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flags.StringVar(&s.images, "images", "", "file that maps images to what this machine has")
	flags.Var(s.variables, "variable", "NAME=VALUE of the file of images; may be repeated")
	flags.Var(s.labels, "label", "NAME=VALUE of the node; may be repeated")
	flags.Var(s.resources, "resource", "NAME=COUNT that the node claims to have; may be repeated")
	flags.IntVar(&s.cores, "cores", 8, "cores that the node claims to have")
	flags.Uint64Var(&s.memoryMiB, "memory-mib", 16384, "memory that the node claims to have")
	flags.IntVar(&s.heartbeat, "heartbeat", 40, "seconds for which a heartbeat holds; four are sent in that time")
	flags.StringVar(&s.cert, "certificate", "", "certificate of the kubelet's own server")
	flags.StringVar(&s.key, "key", "", "its key")
	verbosity := flags.Int("v", 0, "how much the kubelet's own code logs")
	_ = flags.Parse(arguments)
	klogFlags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(klogFlags)
	_ = klogFlags.Set("v", fmt.Sprint(*verbosity))
	return s
}

// client talks to the API server at a rate that a whole node may need.
func (s settings) client() (*kubernetes.Clientset, *rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	if err != nil {
		return nil, nil, err
	}
	config.QPS, config.Burst = 100, 200
	client, err := kubernetes.NewForConfig(config)
	return client, config, err
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "test-kubelet:", err)
		os.Exit(125)
	}
}

// pairs are NAME=VALUE arguments that may be repeated.
type pairs map[string]string

func (p pairs) String() string { return fmt.Sprint(map[string]string(p)) }

func (p pairs) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	if !found {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	p[name] = value
	return nil
}
