package main

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// direction is one of a pod's two: from peers to it, or from it to peers.
type direction struct {
	name string
	kind networking.PolicyType
	hook *nftables.ChainHook
	peer uint32 // where a packet names the peer
	via  expr.MetaKey
}

var directions = []direction{
	{"ingress", networking.PolicyTypeIngress, nftables.ChainHookInput, sourceAddress, expr.MetaKeyIIFNAME},
	{"egress", networking.PolicyTypeEgress, nftables.ChainHookOutput, destinationAddress, expr.MetaKeyOIFNAME},
}

// allowance is one rule of a policy: who, by which ports. No peers or no ports means any.
type allowance struct {
	peers []networking.NetworkPolicyPeer
	ports []networking.NetworkPolicyPort
}

// filters are the network policies that select the pod, and the refusal of services that nobody serves.
func (n *network) filters(s *sandbox, connection *nftables.Conn, table *nftables.Table) error {
	services, err := netip.ParsePrefix(n.settings.services)
	if err != nil {
		return err
	}
	for _, d := range directions {
		chain := connection.AddChain(&nftables.Chain{
			Name: d.name, Table: table, Type: nftables.ChainTypeFilter, Hooknum: d.hook, Priority: nftables.ChainPriorityFilter,
		})
		add := func(rule []expr.Any) { connection.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: rule}) }
		if d.kind == networking.PolicyTypeEgress {
			add(refuse(within(d.peer, services))) // whatever has an endpoint has another address by now
		}
		allowances, isolated, err := n.allowances(s, d.kind)
		if err != nil {
			return err
		}
		if !isolated {
			continue
		}
		add(accept(established()))
		add(accept(loopback(d.via)))
		if d.kind == networking.PolicyTypeIngress {
			add(accept(within(d.peer, n.nodes()))) // a node may always ask its pods: that is how probes work
		}
		for _, each := range allowances {
			rules, err := n.allow(s, d, each)
			if err != nil {
				return err
			}
			for _, rule := range rules {
				add(rule)
			}
		}
		add([]expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}})
	}
	return nil
}

// nodes are the addresses of the bridge and of the nodes: the first 256 of the network.
func (n *network) nodes() netip.Prefix {
	return netip.PrefixFrom(netip.MustParsePrefix(n.settings.gateway).Addr(), 24).Masked()
}

func (n *network) allowances(s *sandbox, kind networking.PolicyType) (all []allowance, isolated bool, err error) {
	policies, err := n.policies.NetworkPolicies(s.config.Metadata.Namespace).List(labels.Everything())
	if err != nil {
		return nil, false, err
	}
	for _, policy := range policies {
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err != nil {
			return nil, false, err
		}
		if !selector.Matches(labels.Set(s.config.Labels)) || !slices.Contains(policy.Spec.PolicyTypes, kind) {
			continue
		}
		isolated = true
		if kind == networking.PolicyTypeIngress {
			for _, rule := range policy.Spec.Ingress {
				all = append(all, allowance{rule.From, rule.Ports})
			}
		} else {
			for _, rule := range policy.Spec.Egress {
				all = append(all, allowance{rule.To, rule.Ports})
			}
		}
	}
	return all, isolated, nil
}

// allow is a rule for each pair of a peer's address and a range of ports.
func (n *network) allow(s *sandbox, d direction, a allowance) ([][]expr.Any, error) {
	matches := [][]expr.Any{nil}
	if len(a.peers) > 0 {
		matches = nil
		for _, peer := range a.peers {
			found, err := n.peer(s.config.Metadata.Namespace, d, peer)
			if err != nil {
				return nil, err
			}
			matches = append(matches, found...)
		}
	}
	ports := [][]expr.Any{nil}
	if len(a.ports) > 0 {
		ports = nil
		for _, port := range a.ports {
			match, err := n.port(s, d, port)
			if err != nil {
				return nil, err
			}
			ports = append(ports, match)
		}
	}
	var all [][]expr.Any
	for _, match := range matches {
		for _, port := range ports {
			all = append(all, accept(slices.Concat(match, port)))
		}
	}
	return all, nil
}

// peer matches the addresses of the pods that it selects, or of its block.
func (n *network) peer(namespace string, d direction, peer networking.NetworkPolicyPeer) ([][]expr.Any, error) {
	if peer.IPBlock != nil {
		if len(peer.IPBlock.Except) > 0 {
			return nil, fmt.Errorf("the test kubelet knows no exceptions of address blocks")
		}
		block, err := netip.ParsePrefix(peer.IPBlock.CIDR)
		return [][]expr.Any{within(d.peer, block)}, err
	}
	selectPods, selectSpaces := labels.Everything(), labels.Nothing()
	var err error
	if peer.PodSelector != nil {
		if selectPods, err = metav1.LabelSelectorAsSelector(peer.PodSelector); err != nil {
			return nil, err
		}
	}
	if peer.NamespaceSelector != nil {
		if selectSpaces, err = metav1.LabelSelectorAsSelector(peer.NamespaceSelector); err != nil {
			return nil, err
		}
	}
	pods, err := n.pods.List(selectPods)
	if err != nil {
		return nil, err
	}
	var all [][]expr.Any
	for _, pod := range pods {
		inside := peer.NamespaceSelector == nil && pod.Namespace == namespace
		if space, err := n.spaces.Get(pod.Namespace); err == nil && peer.NamespaceSelector != nil {
			inside = selectSpaces.Matches(labels.Set(space.Labels))
		}
		if address, err := netip.ParseAddr(pod.Status.PodIP); err == nil && inside {
			all = append(all, within(d.peer, netip.PrefixFrom(address, 32)))
		}
	}
	return all, nil
}

// port matches a port or a range of ports; a name is the one that the pod's containers give it.
func (n *network) port(s *sandbox, d direction, port networking.NetworkPolicyPort) ([]expr.Any, error) {
	protocol := v1.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	if port.Port == nil {
		return toPorts(protocol, 0, 65535), nil
	}
	if port.Port.Type == intstr.Int {
		last := uint16(port.Port.IntVal)
		if port.EndPort != nil {
			last = uint16(*port.EndPort)
		}
		return toPorts(protocol, uint16(port.Port.IntVal), last), nil
	}
	if d.kind == networking.PolicyTypeEgress {
		return nil, fmt.Errorf("the test kubelet knows no names of ports in egress rules: %s", port.Port.StrVal)
	}
	pod, err := n.pods.Pods(s.config.Metadata.Namespace).Get(s.config.Metadata.Name)
	if err != nil {
		return nil, err
	}
	for _, container := range pod.Spec.Containers {
		for _, each := range container.Ports {
			if each.Name == port.Port.StrVal {
				return toPorts(protocol, uint16(each.ContainerPort), uint16(each.ContainerPort)), nil
			}
		}
	}
	return toPorts(protocol, 1, 0), nil // the pod has no such port, so nothing matches
}
