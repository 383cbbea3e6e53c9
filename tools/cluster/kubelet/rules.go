package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
	v1 "k8s.io/api/core/v1"
)

// Offsets in an IPv4 header, and in those of TCP and UDP.
const (
	sourceAddress      = 12
	destinationAddress = 16
	destinationPort    = 2
)

// rules puts services and policies into a pod's network namespace, all at once: packets see the old rules or the new ones.
func (n *network) rules(s *sandbox) error {
	file, err := os.Open(filepath.Join("/run/netns", s.namespace))
	if err != nil {
		return err
	}
	defer file.Close()
	connection, err := nftables.New(nftables.WithNetNSFd(int(file.Fd())))
	if err != nil {
		return err
	}
	table := connection.AddTable(&nftables.Table{Family: nftables.TableFamilyIPv4, Name: "cluster"})
	connection.FlushTable(table)
	to := connection.AddChain(&nftables.Chain{
		Name: "services", Table: table, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityNATDest,
	})
	for _, service := range n.all() {
		if service.Spec.ClusterIP == v1.ClusterIPNone {
			continue
		}
		for _, port := range service.Spec.Ports {
			targets := n.targets(service, port)
			for i, target := range targets {
				rule := serviceRule(netip.MustParseAddr(service.Spec.ClusterIP), port, target, len(targets)-i)
				connection.AddRule(&nftables.Rule{Table: table, Chain: to, Exprs: rule})
			}
		}
	}
	if err := n.filters(s, connection, table); err != nil {
		return err
	}
	if err := connection.Flush(); err != nil {
		return fmt.Errorf("rules of %s: %w", s.namespace, err)
	}
	return nil
}

// serviceRule sends one in so many of the connections that came this far to the target.
func serviceRule(address netip.Addr, port v1.ServicePort, target netip.AddrPort, oneIn int) []expr.Any {
	rule := within(destinationAddress, netip.PrefixFrom(address, 32))
	rule = append(rule, toPorts(port.Protocol, uint16(port.Port), uint16(port.Port))...)
	if oneIn > 1 {
		rule = append(rule,
			&expr.Numgen{Register: 1, Modulus: uint32(oneIn), Type: unix.NFT_NG_RANDOM},
			&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(0)})
	}
	return append(rule,
		&expr.Immediate{Register: 1, Data: target.Addr().AsSlice()},
		&expr.Immediate{Register: 2, Data: binaryutil.BigEndian.PutUint16(target.Port())},
		&expr.NAT{Type: expr.NATTypeDestNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1, RegProtoMin: 2})
}

// within matches packets whose address at the offset lies in the prefix.
func within(offset uint32, prefix netip.Prefix) []expr.Any {
	mask := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), prefix.Bits()).Masked().Addr()
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: 4},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask.AsSlice(), Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: prefix.Masked().Addr().AsSlice()},
	}
}

// toPorts matches packets of a protocol, TCP unless named, to a port of the range.
func toPorts(protocol v1.Protocol, first, last uint16) []expr.Any {
	number := byte(unix.IPPROTO_TCP)
	switch protocol {
	case v1.ProtocolUDP:
		number = unix.IPPROTO_UDP
	case v1.ProtocolSCTP:
		number = unix.IPPROTO_SCTP
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{number}},
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: destinationPort, Len: 2},
		&expr.Cmp{Op: expr.CmpOpGte, Register: 1, Data: binaryutil.BigEndian.PutUint16(first)},
		&expr.Cmp{Op: expr.CmpOpLte, Register: 1, Data: binaryutil.BigEndian.PutUint16(last)},
	}
}

// established matches packets of connections that were let through when they began.
func established() []expr.Any {
	bits := binaryutil.NativeEndian.PutUint32(expr.CtStateBitESTABLISHED | expr.CtStateBitRELATED)
	return []expr.Any{
		&expr.Ct{Register: 1, Key: expr.CtKeySTATE},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: bits, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)},
	}
}

// loopback matches what a pod says to itself.
func loopback(key expr.MetaKey) []expr.Any {
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, "lo")
	return []expr.Any{&expr.Meta{Key: key, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: name}}
}

func accept(match []expr.Any) []expr.Any {
	return append(match, &expr.Verdict{Kind: expr.VerdictAccept})
}

// refuse answers that the port is unreachable, so that who asks knows at once.
func refuse(match []expr.Any) []expr.Any {
	return append(match, &expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: 3})
}
