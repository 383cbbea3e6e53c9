package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	"sigs.k8s.io/yaml"
)

// image says what of this machine stands for a container image.
type image struct {
	Image            string            `json:"image"` // its name; * stands for anything
	Mounts           map[string]string `json:"mounts"`
	Environment      map[string]string `json:"environment"`
	Directories      []string          `json:"directories"` // writable, the user's own
	User             user              `json:"user"`
	WorkingDirectory string            `json:"workingDirectory"`
	Entrypoint       []string          `json:"entrypoint"`
	Command          []string          `json:"command"`
}

type user struct {
	Name  string `json:"name"`
	ID    int64  `json:"id"`
	Group int64  `json:"group"`
	Home  string `json:"home"`
}

// images are those of the file, and answer the kubelet's questions about images.
type images struct {
	variables map[string]string
	known     []image
	mu        sync.Mutex
	pulled    map[string]bool
}

func readImages(path string, variables map[string]string) (*images, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Images []image `json:"images"`
	}
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &images{variables: variables, known: file.Images, pulled: map[string]bool{}}, nil
}

// find gives the first image whose name fits, with its variables filled in.
func (i *images) find(name string) (image, error) {
	for _, each := range i.known {
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(each.Image), `\*`, ".*") + "$"
		if fits, _ := regexp.MatchString(pattern, name); fits {
			return i.fill(each)
		}
	}
	return image{}, fmt.Errorf("no image %s: the test kubelet's file of images does not map it", name)
}

func (i *images) fill(template image) (image, error) {
	text, err := yaml.Marshal(template)
	if err != nil {
		return image{}, err
	}
	var missing []string
	expanded := os.Expand(string(text), func(name string) string {
		value, there := i.variables[name]
		if !there {
			missing = append(missing, name)
		}
		return value
	})
	if len(missing) > 0 {
		return image{}, fmt.Errorf("image %s needs the variables %v, which this cluster was brought up without", template.Image, missing)
	}
	var filled image
	return filled, yaml.Unmarshal([]byte(expanded), &filled)
}

func (i *images) ImageStatus(_ context.Context, spec *cri.ImageSpec, _ bool) (*cri.ImageStatusResponse, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.pulled[spec.Image] {
		return &cri.ImageStatusResponse{}, nil
	}
	found, err := i.find(spec.Image)
	if err != nil {
		return nil, err
	}
	return &cri.ImageStatusResponse{Image: describe(spec.Image, found)}, nil
}

func describe(name string, found image) *cri.Image {
	return &cri.Image{
		Id: name, RepoTags: []string{name}, Size_: 1, Spec: &cri.ImageSpec{Image: name}, Uid: &cri.Int64Value{Value: found.User.ID},
	}
}

func (i *images) PullImage(_ context.Context, spec *cri.ImageSpec, _ *cri.AuthConfig, _ *cri.PodSandboxConfig) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, err := i.find(spec.Image); err != nil {
		return "", err
	}
	i.pulled[spec.Image] = true
	return spec.Image, nil
}

func (i *images) ListImages(context.Context, *cri.ImageFilter) ([]*cri.Image, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []*cri.Image
	for name := range i.pulled {
		if found, err := i.find(name); err == nil {
			all = append(all, describe(name, found))
		}
	}
	return all, nil
}

func (i *images) RemoveImage(_ context.Context, spec *cri.ImageSpec) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.pulled, spec.Image)
	return nil
}

func (i *images) ImageFsInfo(context.Context) (*cri.ImageFsInfoResponse, error) {
	usage := []*cri.FilesystemUsage{{FsId: &cri.FilesystemIdentifier{Mountpoint: "/"}, UsedBytes: &cri.UInt64Value{}, InodesUsed: &cri.UInt64Value{}}}
	return &cri.ImageFsInfoResponse{ImageFilesystems: usage, ContainerFilesystems: usage}, nil
}
