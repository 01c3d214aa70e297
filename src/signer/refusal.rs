//! Why a key is refused at load, and what to do about it.

/// Says nothing of the key but what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RejectedKey {
    #[error("is not a PEM private key")]
    NotPem,
    #[error("holds several PEM blocks")]
    SeveralBlocks,
    #[error("is encrypted with a passphrase")]
    Encrypted,
    #[error("is a public key; the private one is needed")]
    Public,
    #[error("is a certificate; the private key is needed")]
    Certificate,
    #[error("is in OpenSSH's own format")]
    OpenSsh,
    #[error("is not an RSA key, which the app's algorithm needs")]
    NotRsa,
    #[error("is not a P-256 key, which ES256 needs")]
    NotP256,
    #[error("is not a P-384 key, which ES384 needs")]
    NotP384,
    #[error("is not an Ed25519 key, which EdDSA needs")]
    NotEd25519,
    #[error("is neither an RSA, a P-256, a P-384 nor an Ed25519 key")]
    OtherKind,
    #[error("is a private key, and the app's algorithm takes a secret")]
    NeedsSecret,
    #[error("is a secret, and the app's algorithm takes a private key")]
    NeedsPrivateKey,
    #[error("is an RSA key for PSS alone (RSASSA-PSS); a plain RSA key is needed")]
    PssOnly,
    #[error("is damaged")]
    Corrupt,
    #[error("has under 2048 bits")]
    TooShort,
    #[error("has over 8192 bits")]
    TooLong,
    #[error("has a public exponent other than 65537")]
    Exponent,
    #[error("has {found} bytes, and {wanted} or more are needed")]
    ShortSecret { wanted: usize, found: usize },
    #[error("is PEM text, and a secret is needed: a public key as secret lets everybody sign")]
    SecretIsPem,
    #[error("is a JSON web key, and the bare secret is needed")]
    SecretIsJwk,
}

impl RejectedKey {
    /// What to do about it.
    pub fn cure(self) -> &'static str {
        match self {
            Self::SeveralBlocks => "keep the private key's block only",
            Self::Encrypted => "take the passphrase off: openssl pkey -in KEY -out KEY.pem",
            Self::Public | Self::Certificate => {
                "name the file that begins with PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY"
            }
            Self::OpenSsh => "convert it: ssh-keygen -p -m PEM -f KEY",
            // No plain conversion of openssl's drops the restriction; the RSA key itself lies inside.
            Self::PssOnly => {
                "convert it: openssl asn1parse -in KEY -strparse N -noout -out KEY.der, where N is the number in \
                 front of the OCTET STRING that openssl asn1parse -in KEY shows; then openssl rsa -inform DER \
                 -in KEY.der -out KEY.pem"
            }
            Self::NotRsa | Self::TooShort | Self::TooLong | Self::Exponent => {
                "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY.pem"
            }
            Self::NotP256 | Self::OtherKind => {
                "make a new one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY.pem"
            }
            Self::NotP384 => {
                "make a new one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out KEY.pem"
            }
            Self::NotEd25519 => "make a new one: openssl genpkey -algorithm ED25519 -out KEY.pem",
            Self::NotPem | Self::Corrupt => {
                "make a new one, for RSA: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY.pem"
            }
            Self::NeedsSecret => "give secret, secret_file or secret_env in the place of the key",
            Self::NeedsPrivateKey => "give key, key_file or key_env in the place of the secret",
            Self::ShortSecret { .. } => "take a longer one, such as openssl rand -hex 64 makes",
            Self::SecretIsPem | Self::SecretIsJwk => {
                "give the text that the vendor knows, or a new random one"
            }
        }
    }
}
