package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// credentials names the PEM files that server and clients use.
type credentials struct {
	ca, serverCert, serverKey, adminCert, adminKey, kubeconfig string
}

// ensureCredentials keeps the files of an earlier start: clients go on with what they hold.
func ensureCredentials(dir string, port int) (credentials, error) {
	at := func(name string) string { return filepath.Join(dir, name) }
	files := credentials{at("ca.crt"), at("server.crt"), at("server.key"), at("admin.crt"), at("admin.key"), at("kubeconfig")}
	if _, err := os.Stat(files.kubeconfig); err == nil {
		return files, nil
	}
	authority, authorityKey, err := issue(template("test-ca"), nil, nil, files.ca, "")
	if err != nil {
		return files, err
	}
	server := template("kube-apiserver")
	server.DNSNames = []string{"localhost", "kubernetes.default.svc"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)}
	if _, _, err = issue(server, authority, authorityKey, files.serverCert, files.serverKey); err != nil {
		return files, err
	}
	admin := template("admin")
	admin.Subject.Organization = []string{"system:masters"}
	if _, _, err = issue(admin, authority, authorityKey, files.adminCert, files.adminKey); err != nil {
		return files, err
	}
	return files, writeKubeconfig(files, port)
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},

		BasicConstraintsValid: true,
	}
}

// issue signs the certificate with its parent, or with its own key as an authority where there is none.
func issue(cert, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, certFile, keyFile string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if parent == nil {
		cert.IsCA, cert.KeyUsage, cert.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
		parent, parentKey = cert, key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	if err := writePEM(certFile, "CERTIFICATE", der); err != nil {
		return nil, nil, err
	}
	if keyFile == "" {
		return cert, key, nil
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return cert, key, writePEM(keyFile, "EC PRIVATE KEY", keyDER)
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

func writeKubeconfig(files credentials, port int) error {
	const text = `apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster: {server: 'https://127.0.0.1:%d', certificate-authority-data: %s}
users:
- name: admin
  user: {client-certificate-data: %s, client-key-data: %s}
contexts:
- name: test
  context: {cluster: test, user: admin}
`
	data := make([]any, 0, 4)
	data = append(data, port)
	for _, file := range []string{files.ca, files.adminCert, files.adminKey} {
		bytes, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		data = append(data, base64.StdEncoding.EncodeToString(bytes))
	}
	return os.WriteFile(files.kubeconfig, fmt.Appendf(nil, text, data...), 0o600)
}

// announceReady asks /readyz until it says yes; the parent waits for the line it prints.
func announceReady(files credentials, port int) {
	pair, err := tls.LoadX509KeyPair(files.adminCert, files.adminKey)
	if err != nil {
		fmt.Println("cannot read the admin certificate:", err)
		return
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for range time.Tick(50 * time.Millisecond) {
		response, err := client.Get(fmt.Sprintf("https://127.0.0.1:%d/readyz", port))
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			fmt.Println("ready")
			return
		}
	}
}
