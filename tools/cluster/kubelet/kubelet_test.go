package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func TestCommandOfThePodTakesThePlaceOfTheImagesArguments(t *testing.T) {
	from := image{Entrypoint: []string{"serve"}, Command: []string{"--default"}}
	for _, each := range []struct{ command, args, want string }{
		{"", "", "serve --default"},
		{"", "--own", "serve --own"},
		{"sh", "", "sh"},
		{"sh", "-c", "sh -c"},
	} {
		got := strings.Join(arguments(from, &cri.ContainerConfig{Command: strings.Fields(each.command), Args: strings.Fields(each.args)}), " ")
		if got != each.want {
			t.Errorf("command %q, args %q: %q instead of %q", each.command, each.args, got, each.want)
		}
	}
}

func TestCapabilitiesAreThoseGrantedLessThoseDropped(t *testing.T) {
	if got := capabilities(nil); !slices.Equal(got, granted) {
		t.Errorf("nothing asked: %v", got)
	}
	if got := capabilities(&cri.Capability{DropCapabilities: []string{"ALL"}}); len(got) != 0 {
		t.Errorf("all dropped: %v", got)
	}
	got := capabilities(&cri.Capability{DropCapabilities: []string{"ALL"}, AddCapabilities: []string{"NET_BIND_SERVICE"}})
	if !slices.Equal(got, []string{"NET_BIND_SERVICE"}) {
		t.Errorf("one added to none: %v", got)
	}
	if got := capabilities(&cri.Capability{DropCapabilities: []string{"CHOWN"}}); slices.Contains(got, "CHOWN") || len(got) != len(granted)-1 {
		t.Errorf("one dropped: %v", got)
	}
}

func TestEnvironmentOfThePodOverridesTheImages(t *testing.T) {
	from := image{Environment: map[string]string{"PATH": "/image/bin", "LEVEL": "1"}, User: user{ID: 1000, Home: "/home/ray"}}
	got := environment(from, confinement{Hostname: "pod-0", User: 1000}, []*cri.KeyValue{{Key: "LEVEL", Value: "2"}})
	want := []string{"HOME=/home/ray", "HOSTNAME=pod-0", "LEVEL=2", "PATH=/image/bin"}
	if !slices.Equal(got, want) {
		t.Errorf("%v instead of %v", got, want)
	}
	if got := environment(from, confinement{User: 7}, nil); !slices.Contains(got, "HOME=/") {
		t.Errorf("a user that the image does not know has its home: %v", got)
	}
}

func TestFoldersOfAnImageGiveWayToVolumes(t *testing.T) {
	c := confinement{Mounts: []binding{{Target: "/runs", ReadOnly: true}}}
	for path, want := range map[string]bool{"/runs": true, "/runs/one": true, "/running": false, "/": false} {
		if got := c.covered(path); got != want {
			t.Errorf("%s: %v instead of %v", path, got, want)
		}
	}
}

func TestImagesAreFoundByTheFirstPatternThatFits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "images.yaml")
	text := "images:\n- {image: 'a/ray:2*', mounts: {'${ray}': '${ray}'}}\n- {image: '*/ray:*', workingDirectory: '/other'}\n- {image: b, mounts: {/b: '${b}'}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := readImages(file, map[string]string{"ray": "/opt/ray"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := all.find("a/ray:2.60.0"); err != nil || got.Mounts["/opt/ray"] != "/opt/ray" {
		t.Errorf("first pattern: %v, %v", got, err)
	}
	if got, err := all.find("a/ray:3"); err != nil || got.WorkingDirectory != "/other" {
		t.Errorf("second pattern: %v, %v", got, err)
	}
	if _, err := all.find("c"); err == nil || !strings.Contains(err.Error(), "no image c") {
		t.Errorf("an unknown image: %v", err)
	}
	if _, err := all.find("b"); err == nil || !strings.Contains(err.Error(), "[b]") {
		t.Errorf("a missing variable: %v", err)
	}
}

func TestLogHasOneRecordForEachLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pod", "0.log")
	l, err := openLog(file)
	if err != nil {
		t.Fatal(err)
	}
	out := l.stream("stdout")
	for _, text := range []string{"one\ntw", "o\n", "three"} {
		if n, err := out.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	l.close()
	text, _ := os.ReadFile(file)
	got := regexp.MustCompile(`(?m)^\S+T\S+Z `).ReplaceAllString(string(text), "")
	if want := "stdout F one\nstdout F two\nstdout F three\n"; got != want {
		t.Errorf("%q instead of %q", got, want)
	}
}

func TestLogGoesOnInANewFileAndDividesALineThatDoesNotEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "0.log")
	l, err := openLog(file)
	if err != nil {
		t.Fatal(err)
	}
	out := l.stream("stderr")
	_, _ = out.Write([]byte("before\n"))
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	if err := l.reopen(); err != nil {
		t.Fatal(err)
	}
	_, _ = out.Write([]byte(strings.Repeat("x", longest)))
	l.close()
	text, _ := os.ReadFile(file)
	if !strings.HasSuffix(string(text), " stderr P "+strings.Repeat("x", longest)+"\n") || strings.Contains(string(text), "before") {
		t.Errorf("%.80q", text)
	}
}

func TestFileOfHostsKeepsItsIdentityWhenItShrinks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hosts")
	if err := overwrite(file, "a long text\n"); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(file)
	if err := overwrite(file, "short\n"); err != nil {
		t.Fatal(err)
	}
	after, _ := os.Stat(file)
	if text, _ := os.ReadFile(file); string(text) != "short\n" || !os.SameFile(before, after) {
		t.Errorf("%q", text)
	}
}

func TestNamesOfAServiceAreThoseThatItsNamespaceMayUse(t *testing.T) {
	if got, want := line("10.0.0.1", "web", "web.shop", true), "10.0.0.1\tweb.shop.svc.cluster.local\tweb.shop.svc\tweb.shop\tweb\n"; got != want {
		t.Errorf("%q instead of %q", got, want)
	}
	if got := line("10.0.0.1", "web", "web.shop", false); strings.HasSuffix(got, "\tweb\n") {
		t.Errorf("another namespace knows the short name: %q", got)
	}
}
