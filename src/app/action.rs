//! What a key or a palette entry means.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A parameterless intention; parameters come from the model (cursor, marks). The kebab-case name is stable:
/// the keymap and the palette use it. Label, sentence and keys are in `assets/keymap.toml`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[expect(missing_docs, reason = "each action is explained by its row of assets/keymap.toml")]
pub enum Action {
    // Everywhere
    Quit,
    Back,
    Help,
    Palette,
    Redraw,
    Suspend,
    Privacy,
    NextTheme,
    SwitchProfile,
    TryDemo,
    TypeKey,
    // Moving
    Up,
    Down,
    HalfPageUp,
    HalfPageDown,
    PageUp,
    PageDown,
    PreviousPage,
    NextPage,
    Top,
    Bottom,
    SwitchPane,
    // Grants
    OpenDetail,
    Search,
    FilterProvider,
    PreviousProvider,
    NextProvider,
    Filter,
    FilterStatus,
    FilterAccount,
    FilterLabel,
    FilterKind,
    FilterHealth,
    ClearFilters,
    Sort,
    ReverseSort,
    WorstFirst,
    Columns,
    Mark,
    MarkAll,
    ClearMarks,
    OnlyMarked,
    Tree,
    Parent,
    Refresh,
    Watch,
    StopLoading,
    OpenLink,
    Views,
    MoreList,
    MoreDetail,
    MoveDetail,
    // Ids
    CopyId,
    CopyMenu,
    Rename,
    WriteFile,
    ChoosePath,
    OpenScan,
    ScanAgain,
    StopScan,
    SwapId,
    RepairAll,
    // A test call
    OpenCall,
    Send,
    EditField,
    RemoveField,
    SwitchMode,
    EditBody,
    RawBody,
    FormatBody,
    EditOutside,
    Presets,
    Operations,
    CopyAs,
    Fold,
    FoldAll,
    UnfoldAll,
    NextView,
    ShowHeaders,
    Wrap,
    CopyBody,
    CopyValue,
    CopyHeaders,
    CancelCall,
    OtherMode,
    AllowHost,
    OpenApproval,
    AskAgain,
    ShowPicture,
    NextMatch,
    PreviousMatch,
    SaveBody,
    // The history of calls
    CallHistory,
    OpenRecord,
    ResendRecord,
    MarkRecord,
    CompareRecords,
    OnlyThisGrant,
    ForgetRecord,
    ForgetAllRecords,
    NextRecord,
    PreviousRecord,
    // Inside a list that pops up, and inside inputs
    Accept,
    Toggle,
    MoveEarlier,
    MoveLater,
}

impl Action {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
