//! `$metadata`: what clients generate themselves from.

/// As much of the service as is served.
pub(super) const TEXT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:sap="http://www.sap.com/Protocols/SAPData">
 <edmx:DataServices m:DataServiceVersion="2.0">
  <Schema Namespace="API_PURCHASEORDER_PROCESS_SRV" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
   <EntityType Name="A_PurchaseOrderType">
    <Key><PropertyRef Name="PurchaseOrder"/></Key>
    <Property Name="PurchaseOrder" Type="Edm.String" Nullable="false" MaxLength="10"/>
    <Property Name="CompanyCode" Type="Edm.String" MaxLength="4"/>
    <Property Name="PurchaseOrderType" Type="Edm.String" MaxLength="4"/>
    <Property Name="PurchasingDocumentDeletionCode" Type="Edm.String" MaxLength="1"/>
    <Property Name="PurchasingProcessingStatus" Type="Edm.String" MaxLength="2"/>
    <Property Name="CreatedByUser" Type="Edm.String" MaxLength="12"/>
    <Property Name="CreationDate" Type="Edm.DateTime" Precision="0"/>
    <Property Name="LastChangeDateTime" Type="Edm.DateTimeOffset" Precision="7" ConcurrencyMode="Fixed"/>
    <Property Name="Supplier" Type="Edm.String" MaxLength="10"/>
    <Property Name="PaymentTerms" Type="Edm.String" MaxLength="4"/>
    <Property Name="PurchasingOrganization" Type="Edm.String" MaxLength="4"/>
    <Property Name="PurchasingGroup" Type="Edm.String" MaxLength="3"/>
    <Property Name="PurchaseOrderDate" Type="Edm.DateTime" Precision="0"/>
    <Property Name="DocumentCurrency" Type="Edm.String" MaxLength="5"/>
    <Property Name="CorrespncExternalReference" Type="Edm.String" MaxLength="12"/>
    <Property Name="ReleaseIsNotCompleted" Type="Edm.Boolean"/>
    <NavigationProperty Name="to_PurchaseOrderItem" Relationship="API_PURCHASEORDER_PROCESS_SRV.assoc_item" FromRole="Head" ToRole="Item"/>
   </EntityType>
   <EntityType Name="A_PurchaseOrderItemType">
    <Key><PropertyRef Name="PurchaseOrder"/><PropertyRef Name="PurchaseOrderItem"/></Key>
    <Property Name="PurchaseOrder" Type="Edm.String" Nullable="false" MaxLength="10"/>
    <Property Name="PurchaseOrderItem" Type="Edm.String" Nullable="false" MaxLength="5"/>
    <Property Name="PurchaseOrderItemText" Type="Edm.String" MaxLength="40"/>
    <Property Name="Plant" Type="Edm.String" MaxLength="4"/>
    <Property Name="Material" Type="Edm.String" MaxLength="40"/>
    <Property Name="OrderQuantity" Type="Edm.Decimal" Precision="13" Scale="3"/>
    <Property Name="PurchaseOrderQuantityUnit" Type="Edm.String" MaxLength="3"/>
    <Property Name="NetPriceAmount" Type="Edm.Decimal" Precision="12" Scale="3"/>
    <Property Name="NetPriceQuantity" Type="Edm.Decimal" Precision="5" Scale="0"/>
    <Property Name="DocumentCurrency" Type="Edm.String" MaxLength="5"/>
    <Property Name="TaxCode" Type="Edm.String" MaxLength="2"/>
   </EntityType>
   <Association Name="assoc_item">
    <End Type="API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderType" Multiplicity="1" Role="Head"/>
    <End Type="API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderItemType" Multiplicity="*" Role="Item"/>
    <ReferentialConstraint>
     <Principal Role="Head"><PropertyRef Name="PurchaseOrder"/></Principal>
     <Dependent Role="Item"><PropertyRef Name="PurchaseOrder"/></Dependent>
    </ReferentialConstraint>
   </Association>
   <EntityContainer Name="API_PURCHASEORDER_PROCESS_SRV_Entities" m:IsDefaultEntityContainer="true">
    <EntitySet Name="A_PurchaseOrder" EntityType="API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderType"/>
    <EntitySet Name="A_PurchaseOrderItem" EntityType="API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderItemType"/>
    <AssociationSet Name="assoc_item_set" Association="API_PURCHASEORDER_PROCESS_SRV.assoc_item">
     <End EntitySet="A_PurchaseOrder" Role="Head"/>
     <End EntitySet="A_PurchaseOrderItem" Role="Item"/>
    </AssociationSet>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>
"#;
