//! The columns of the list, for display and sorting.

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// A column. The snake-case name is used in the configuration and by `--sort`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// `provider_id` or slug.
    Provider,
    /// The best name of the account.
    Account,
    /// `label`.
    Label,
    /// Derived health, worst first.
    Health,
    /// The raw `status` of the backend.
    Status,
    /// `grant_kind`.
    Kind,
    /// `principal_type`.
    Principal,
    /// `access_via`.
    Access,
    /// Number of scopes held.
    Scopes,
    /// `grant_expires_at`: when the permission ends.
    Ends,
    /// Verdict of the last smoke test. Only known on this machine, so rows cannot be sorted by it.
    Test,
    /// `last_used_at`.
    Used,
    /// `created_at`.
    Created,
    /// `depth` in its delegation tree.
    Depth,
    /// The first characters of `grant_id`.
    Id,
}

/// Everything needed to draw and explain a column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnFacts {
    /// Column header.
    pub title: &'static str,
    /// One sentence for the column picker.
    pub help: &'static str,
    /// Minimum and maximum width in cells; the widest visible cell decides.
    pub width: (u16, u16),
    /// Right-aligned, as numbers and ages are.
    pub right: bool,
}

impl Column {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The default columns.
    pub const DEFAULT: [Self; 6] =
        [Self::Provider, Self::Account, Self::Label, Self::Health, Self::Test, Self::Used];

    /// The columns that rows can be sorted by.
    pub fn sortable() -> impl Iterator<Item = Self> + Clone {
        Self::iter().filter(|column| *column != Self::Test)
    }

    /// The default direction: ages and counts start with the newest and largest, text with the first letter,
    /// health with the worst.
    pub fn starts_descending(self) -> bool {
        matches!(self, Self::Used | Self::Created | Self::Scopes | Self::Depth)
    }

    /// The facts about this column.
    pub fn facts(self) -> ColumnFacts {
        let (title, help, width, right) = match self {
            Self::Provider => ("PROVIDER", "Provider id or managed-secret slug", (8, 22), false),
            Self::Account => ("ACCOUNT", "Account at the provider", (12, 60), false),
            Self::Label => ("LABEL", "Label set by the application", (5, 20), false),
            Self::Health => ("HEALTH", "Health; sorts worst first", (11, 11), false),
            Self::Status => ("STATUS", "Raw status", (7, 14), false),
            Self::Kind => ("KIND", "OAuth or managed secret", (6, 14), false),
            Self::Principal => ("PRINCIPAL", "Owner", (6, 9), false),
            Self::Access => ("ACCESS", "Access path", (6, 16), false),
            Self::Scopes => ("SCOPES", "Number of provider scopes", (6, 6), true),
            Self::Ends => ("ENDS", "End of the permission", (5, 6), true),
            Self::Test => ("TEST", "Result and duration of the last smoke test", (8, 22), false),
            Self::Used => ("USED", "Last used", (5, 6), true),
            Self::Created => ("CREATED", "Created", (7, 7), true),
            Self::Depth => ("DEPTH", "Depth in the delegation tree", (5, 5), true),
            Self::Id => ("ID", "First 8 characters of the id", (8, 8), false),
        };
        ColumnFacts { title, help, width, right }
    }
}

/// The order as written in configuration and state: `as_sent`, `used:desc`.
impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AsSent => f.write_str("as_sent"),
            Self::By { column, descending } => {
                write!(f, "{column}:{}", if *descending { "desc" } else { "asc" })
            }
        }
    }
}

/// A sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The backend's order.
    AsSent,
    /// By a column; ties keep the backend's order.
    By {
        /// The column.
        column: Column,
        /// Largest, latest or last letter first. For health, the best first.
        descending: bool,
    },
}
