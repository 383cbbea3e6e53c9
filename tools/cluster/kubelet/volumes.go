package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"
)

// provisioner is the name by which the storage class of up.sh asks for a folder of this machine.
const provisioner = "rlhf.dev/directory"

// provideVolumes gives each claim of the class a folder that all nodes see, like a network's file system, and takes it away with the claim.
func provideVolumes(s settings) error {
	client, _, err := s.client()
	if err != nil {
		return err
	}
	for ctx := context.Background(); ; time.Sleep(500 * time.Millisecond) {
		if err := provide(ctx, client, s.directory); err != nil {
			klog.ErrorS(err, "Volumes")
		}
	}
}

func provide(ctx context.Context, client clientset.Interface, directory string) error {
	class, err := client.StorageV1().StorageClasses().Get(ctx, "directory", metav1.GetOptions{})
	if err != nil {
		return err
	}
	claims, err := client.CoreV1().PersistentVolumeClaims("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, claim := range claims.Items {
		ours := claim.Spec.StorageClassName != nil && *claim.Spec.StorageClassName == class.Name
		if ours && claim.Status.Phase == v1.ClaimPending && claim.DeletionTimestamp == nil {
			if err := create(ctx, client, directory, claim); err != nil {
				return err
			}
		}
	}
	return removeReleased(ctx, client)
}

func create(ctx context.Context, client clientset.Interface, directory string, claim v1.PersistentVolumeClaim) error {
	name := "directory-" + string(claim.UID)
	path := filepath.Join(directory, fmt.Sprintf("%s-%s-%.8s", claim.Namespace, claim.Name, claim.UID))
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o777); err != nil { // whoever the pod runs as
		return err
	}
	volume := &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		Spec: v1.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: v1.PersistentVolumeReclaimDelete,
			StorageClassName:              *claim.Spec.StorageClassName,
			VolumeMode:                    claim.Spec.VolumeMode,
			PersistentVolumeSource:        v1.PersistentVolumeSource{HostPath: &v1.HostPathVolumeSource{Path: path}},
			ClaimRef: &v1.ObjectReference{
				Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
		},
	}
	_, err := client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// removeReleased deletes the folders, and then the volumes, whose claims are gone.
func removeReleased(ctx context.Context, client clientset.Interface) error {
	volumes, err := client.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, volume := range volumes.Items {
		ours := volume.Annotations["pv.kubernetes.io/provisioned-by"] == provisioner
		over := volume.Status.Phase == v1.VolumeReleased || volume.Status.Phase == v1.VolumeFailed
		if !ours || !over || volume.Spec.PersistentVolumeReclaimPolicy != v1.PersistentVolumeReclaimDelete {
			continue
		}
		if err := os.RemoveAll(volume.Spec.HostPath.Path); err != nil {
			return err
		}
		if err := client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{}); err != nil {
			return err
		}
	}
	return nil
}
