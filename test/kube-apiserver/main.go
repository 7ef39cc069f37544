// Command kube-apiserver runs one etcd and one kube-apiserver on the loopback interface, for tests.
//
// It makes its own certificates in --dir, writes DIR/kubeconfig (user admin, group system:masters), and prints one line
// "ready" when /readyz answers. Starting it again with the same --dir and --port continues with the same data.
// SIGUSR1 compacts etcd's history and prints "compacted REVISION". It ends when its standard input does, so that a
// test run that is killed leaves no server behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	dir := flag.String("dir", "", "where data, certificates and kubeconfig are kept")
	port := flag.Int("port", 0, "TCP port of the API on 127.0.0.1")
	flag.Parse()
	if *dir == "" || *port == 0 {
		log.Fatal("usage: kube-apiserver --dir DIR --port PORT [-- FLAG OF KUBE-APISERVER ...]")
	}
	if err := os.MkdirAll(*dir, 0o700); err != nil {
		log.Fatal(err)
	}
	store, err := startEtcd(filepath.Join(*dir, "etcd"))
	if err != nil {
		log.Fatal("etcd: ", err)
	}
	creds, err := ensureCredentials(*dir, *port)
	if err != nil {
		log.Fatal("certificates: ", err)
	}
	go endWithStandardInput()
	go compactOnSignal(store)
	go announceReady(creds, *port)

	command := app.NewAPIServerCommand()
	command.SetArgs(append(arguments(creds, *port, store.Clients[0].Addr().String()), flag.Args()...))
	code := cli.Run(command)
	store.Close()
	os.Exit(code)
}

func startEtcd(dir string) (*embed.Etcd, error) {
	anyPort := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config := embed.NewConfig()
	config.Dir = dir
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls, config.ListenPeerUrls = anyPort, anyPort
	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	<-store.Server.ReadyNotify()
	return store, nil
}

// No controller manager runs beside it, so nothing would create the service accounts that admission asks for.
func arguments(creds credentials, port int, etcd string) []string {
	return []string{
		"--etcd-servers=http://" + etcd,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + creds.serverCert,
		"--tls-private-key-file=" + creds.serverKey,
		"--client-ca-file=" + creds.ca,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + creds.serverKey,
		"--service-account-signing-key-file=" + creds.serverKey,
		"--service-cluster-ip-range=10.96.0.0/12",
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount",
		"--shutdown-delay-duration=0s",
		"--endpoint-reconciler-type=none",
		"--allow-privileged",
	}
}

func endWithStandardInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
}

func compactOnSignal(store *embed.Etcd) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	for range signals {
		revision := store.Server.KV().Rev()
		request := &etcdserverpb.CompactionRequest{Revision: revision, Physical: true}
		if _, err := store.Server.Compact(context.Background(), request); err != nil {
			fmt.Println("compaction failed:", err)
			continue
		}
		fmt.Println("compacted", revision)
	}
}
