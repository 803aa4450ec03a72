// Command certificate issues a certificate for a day: its arguments are the names it holds for, each a DNS name, an IP
// address or a URI. On standard input it takes the PEM of an authority, certificate and key; without one the certificate
// is its own issuer. It prints certificate and key, both as PEM.
package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "certificate:", err)
		os.Exit(1)
	}
}

func run(names []string) error {
	authority, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	template, err := leaf(names)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	issuer, signer, err := signedBy(authority, template, key)
	if err != nil {
		return err
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		return err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for _, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: certificate}, {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := pem.Encode(os.Stdout, block); err != nil {
			return err
		}
	}
	return nil
}

// signedBy reads certificate and key of the authority; without one the certificate signs itself.
func signedBy(authority []byte, own *x509.Certificate, key crypto.Signer) (*x509.Certificate, any, error) {
	if len(bytes.TrimSpace(authority)) == 0 {
		return own, key, nil
	}
	// Each half is found by the type of its block.
	pair, err := tls.X509KeyPair(authority, authority)
	if err != nil {
		return nil, nil, err
	}
	return pair.Leaf, pair.PrivateKey, nil
}

func leaf(names []string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	certificate := &x509.Certificate{
		SerialNumber: serial,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		// istiod refuses a client that could not be a server as well.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, name := range names {
		if err := addName(certificate, name); err != nil {
			return nil, err
		}
	}
	return certificate, nil
}

func addName(certificate *x509.Certificate, name string) error {
	if ip := net.ParseIP(name); ip != nil {
		certificate.IPAddresses = append(certificate.IPAddresses, ip)
		return nil
	}
	if !strings.Contains(name, "://") {
		certificate.DNSNames = append(certificate.DNSNames, name)
		return nil
	}
	uri, err := url.Parse(name)
	if err != nil {
		return err
	}
	certificate.URIs = append(certificate.URIs, uri)
	return nil
}
