package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// network keeps in every pod what a cluster's DNS, service proxy and network plugin do together: the names of the services in the file of
// hosts, the services' addresses and the network policies as rules of the pod's own network namespace.
type network struct {
	settings  settings
	services  corelisters.ServiceLister
	slices    discoverylisters.EndpointSliceLister
	pods      corelisters.PodLister
	spaces    corelisters.NamespaceLister
	policies  networkinglisters.NetworkPolicyLister
	changed   chan struct{}
	synced    chan struct{}
	next      netip.Addr
	mu        sync.Mutex
	sandboxes map[*sandbox]string // and the file of hosts that the kubelet wrote for the pod
}

func newNetwork(s settings) *network {
	return &network{settings: s, changed: make(chan struct{}, 1), synced: make(chan struct{}), sandboxes: map[*sandbox]string{}}
}

// follow carries each change of services, pods and policies into the pods.
func (n *network) follow(ctx context.Context, client clientset.Interface) {
	factory := informers.NewSharedInformerFactory(client, 0)
	n.services = factory.Core().V1().Services().Lister()
	n.slices = factory.Discovery().V1().EndpointSlices().Lister()
	n.pods = factory.Core().V1().Pods().Lister()
	n.spaces = factory.Core().V1().Namespaces().Lister()
	n.policies = factory.Networking().V1().NetworkPolicies().Lister()
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().Services().Informer(), factory.Discovery().V1().EndpointSlices().Informer(), factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Namespaces().Informer(), factory.Networking().V1().NetworkPolicies().Informer(),
	} {
		_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { n.change() }, UpdateFunc: func(any, any) { n.change() }, DeleteFunc: func(any) { n.change() },
		})
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	close(n.synced)
	for range n.changed {
		time.Sleep(50 * time.Millisecond) // changes come in swarms
		n.applyAll()
	}
}

func (n *network) change() {
	select {
	case n.changed <- struct{}{}:
	default: // one is already waiting
	}
}

func (n *network) add(s *sandbox) error {
	select {
	case <-n.synced:
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the API server does not tell the services")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sandboxes[s] = ""
	return n.apply(s)
}

// begin takes what the kubelet wrote as the head of the pod's file of hosts.
func (n *network) begin(s *sandbox, file string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sandboxes[s] = file
	if err := n.apply(s); err != nil {
		klog.ErrorS(err, "Names of a pod", "pod", s.config.Metadata.Name)
	}
}

func (n *network) remove(s *sandbox) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sandboxes, s)
}

func (n *network) applyAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for s := range n.sandboxes {
		if err := n.apply(s); err != nil {
			klog.ErrorS(err, "Network of a pod", "pod", s.config.Metadata.Name)
		}
	}
}

func (n *network) apply(s *sandbox) error {
	head := "127.0.0.1\tlocalhost\n" + s.address + "\t" + s.config.Hostname + "\n"
	if text, err := os.ReadFile(n.sandboxes[s]); err == nil {
		head = string(text)
	}
	if err := overwrite(s.hosts(), head+n.names(s.config.Metadata.Namespace)); err != nil {
		return err
	}
	if s.namespace == "" {
		return nil
	}
	return n.rules(s)
}

// overwrite keeps the file's identity, which containers have mounted, and never leaves it empty.
func overwrite(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	return file.Truncate(int64(len(text)))
}

// names are the lines for all services, as a pod of the namespace may call them.
func (n *network) names(namespace string) string {
	var lines []string
	for _, service := range n.all() {
		base := service.Name + "." + service.Namespace
		if service.Spec.ClusterIP != v1.ClusterIPNone {
			lines = append(lines, line(service.Spec.ClusterIP, service.Name, base, service.Namespace == namespace))
			continue
		}
		for _, endpoint := range n.ready(service) {
			lines = append(lines, line(endpoint.Addresses[0], service.Name, base, service.Namespace == namespace))
			if endpoint.Hostname != nil {
				own := *endpoint.Hostname + "."
				lines = append(lines, line(endpoint.Addresses[0], own+service.Name, own+base, service.Namespace == namespace))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

func line(address, short, base string, same bool) string {
	names := []string{address, base + ".svc.cluster.local", base + ".svc", base}
	if same {
		names = append(names, short)
	}
	return strings.Join(names, "\t") + "\n"
}

func (n *network) all() []*v1.Service {
	found, _ := n.services.List(labels.Everything()) // from memory: it cannot fail
	return slices.DeleteFunc(found, func(s *v1.Service) bool { return s.Spec.ClusterIP == "" || s.Spec.Type == v1.ServiceTypeExternalName })
}

// ready are the endpoints that a service's traffic may go to.
func (n *network) ready(service *v1.Service) []discovery.Endpoint {
	var all []discovery.Endpoint
	for _, slice := range n.slicesOf(service) {
		for _, endpoint := range slice.Endpoints {
			if (endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready) && len(endpoint.Addresses) > 0 {
				all = append(all, endpoint)
			}
		}
	}
	return all
}

func (n *network) slicesOf(service *v1.Service) []*discovery.EndpointSlice {
	found, _ := n.slices.EndpointSlices(service.Namespace).List(labels.SelectorFromSet(labels.Set{discovery.LabelServiceName: service.Name}))
	return slices.DeleteFunc(found, func(s *discovery.EndpointSlice) bool { return s.AddressType != discovery.AddressTypeIPv4 })
}

// targets are the addresses and ports behind one port of a service.
func (n *network) targets(service *v1.Service, port v1.ServicePort) []netip.AddrPort {
	var all []netip.AddrPort
	for _, slice := range n.slicesOf(service) {
		for _, each := range slice.Ports {
			if each.Port == nil || each.Name == nil || *each.Name != port.Name {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
					all = append(all, netip.AddrPortFrom(netip.MustParseAddr(endpoint.Addresses[0]), uint16(*each.Port)))
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b netip.AddrPort) int { return a.Compare(b) })
	return all
}
